; The Windows installer, per user and without administrator rights:
;   makensis -DVERSION=0.1.0 -DBUNDLE=FOLDER -DOUT=FILE.exe kitsdesk.nsi
; BUNDLE is PyInstaller's folder with kitsdesk.exe and kitsdesk-trainer.exe.
; -DICON=FILE.ico is the application's icon.

Unicode true
!ifndef VERSION | BUNDLE | OUT
  !error "Give -DVERSION, -DBUNDLE and -DOUT."
!endif
!include "MUI2.nsh"
!include "FileFunc.nsh"

!define NAME "KiTSDesk"
!define CLASSES "Software\Classes"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

Name "${NAME} ${VERSION}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${NAME}" "Folder"
RequestExecutionLevel user
SetCompressor /SOLID lzma
ManifestDPIAware true
BrandingText "Research use only. Not a medical device."

!ifdef ICON
  !define MUI_ICON "${ICON}"
  !define MUI_UNICON "${ICON}"
!endif
!define MUI_FINISHPAGE_RUN "$INSTDIR\kitsdesk.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Open KiTSDesk"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME} installer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "GPL-3.0-or-later"

Section "Install"
  ; An upgrade replaces the program whole; settings and projects lie elsewhere.
  IfFileExists "$INSTDIR\kitsdesk.exe" 0 +2
    RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "Software\${NAME}" "Folder" "$INSTDIR"

  CreateDirectory "$SMPROGRAMS\${NAME}"
  CreateShortCut "$SMPROGRAMS\${NAME}\${NAME}.lnk" "$INSTDIR\kitsdesk.exe"
  CreateShortCut "$SMPROGRAMS\${NAME}\${NAME} demo.lnk" "$INSTDIR\kitsdesk.exe" "demo"

  ; "Open with" for images; no file type is taken from another program.
  WriteRegStr HKCU "${CLASSES}\Applications\kitsdesk.exe\shell\open\command" "" '"$INSTDIR\kitsdesk.exe" "%1"'
  WriteRegStr HKCU "${CLASSES}\Applications\kitsdesk.exe\SupportedTypes" ".nii" ""
  WriteRegStr HKCU "${CLASSES}\Applications\kitsdesk.exe\SupportedTypes" ".gz" ""
  ; Projects are folders: a line in the menu of folders opens them.
  WriteRegStr HKCU "${CLASSES}\Directory\shell\${NAME}" "" "Open with ${NAME}"
  WriteRegStr HKCU "${CLASSES}\Directory\shell\${NAME}" "Icon" "$INSTDIR\kitsdesk.exe"
  WriteRegStr HKCU "${CLASSES}\Directory\shell\${NAME}" "AppliesTo" 'System.FileName:"*.kitsdesk"'
  WriteRegStr HKCU "${CLASSES}\Directory\shell\${NAME}\command" "" '"$INSTDIR\kitsdesk.exe" "%1"'

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\kitsdesk.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The KiTSDesk developers"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section "Uninstall"
  ; Only what was installed: a person may have put files of their own beside it.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  RMDir /r "$INSTDIR\share"
  Delete "$INSTDIR\kitsdesk.exe"
  Delete "$INSTDIR\kitsdesk-trainer.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}\*.lnk"
  RMDir "$SMPROGRAMS\${NAME}"
  DeleteRegKey HKCU "${CLASSES}\Applications\kitsdesk.exe"
  DeleteRegKey HKCU "${CLASSES}\Directory\shell\${NAME}"
  DeleteRegKey HKCU "Software\${NAME}"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
