"""SimpleITK is one library and the file that binds it."""

hiddenimports = ["SimpleITK._SimpleITK", "SimpleITK.extra"]
