; What electron-builder's installer for Windows does besides. Its own file associations would make Gristmill the program that opens
; text and tables; OpenWithProgids lists it beside the one that does.
!macro gristmillOffer EXT
  WriteRegNone SHELL_CONTEXT "Software\Classes\.${EXT}\OpenWithProgids" "Gristmill.Data"
!macroend

!macro gristmillWithdraw EXT
  DeleteRegValue SHELL_CONTEXT "Software\Classes\.${EXT}\OpenWithProgids" "Gristmill.Data"
!macroend

!macro gristmillTellShell
  System::Call "shell32::SHChangeNotify(i 0x08000000, i 0x1000, p 0, p 0)"
!macroend

!macro customInstall
  WriteRegStr SHELL_CONTEXT "Software\Classes\Gristmill.Data" "" "Data for Gristmill"
  WriteRegStr SHELL_CONTEXT "Software\Classes\Gristmill.Data\DefaultIcon" "" "$appExe,0"
  WriteRegStr SHELL_CONTEXT "Software\Classes\Gristmill.Data\shell\open\command" "" '"$appExe" "%1"'
  !insertmacro gristmillOffer "csv"
  !insertmacro gristmillOffer "tsv"
  !insertmacro gristmillOffer "jsonl"
  !insertmacro gristmillOffer "parquet"
  !insertmacro gristmillOffer "txt"
  !insertmacro gristmillTellShell
!macroend

!macro customUnInstall
  !insertmacro gristmillWithdraw "csv"
  !insertmacro gristmillWithdraw "tsv"
  !insertmacro gristmillWithdraw "jsonl"
  !insertmacro gristmillWithdraw "parquet"
  !insertmacro gristmillWithdraw "txt"
  DeleteRegKey SHELL_CONTEXT "Software\Classes\Gristmill.Data"
  !insertmacro gristmillTellShell
!macroend
