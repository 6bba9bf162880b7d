import type { ReactNode } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'

/** A question or a choice above the page. Escape closes it and the focus goes back to where it was. */
export function Dialog(props: {
  title: string
  isOpen: boolean
  onClose: () => void
  role?: 'dialog' | 'alertdialog'
  children: ReactNode
}) {
  return (
    <ModalOverlay
      isOpen={props.isOpen}
      onOpenChange={(open) => {
        if (!open) props.onClose()
      }}
      isDismissable
      className="fixed inset-0 z-40 flex items-center justify-center bg-scrim p-6"
    >
      <Modal className="w-full max-w-xl rounded-lg border border-line bg-card shadow-lg">
        <AriaDialog role={props.role ?? 'dialog'} className="flex max-h-[80vh] flex-col gap-4 p-5 outline-none">
          <Heading slot="title" className="text-lg font-semibold wrap-anywhere">
            {props.title}
          </Heading>
          {props.children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
