"""The door for plain napari: reader, writer, a phantom and Predict, by npe2's manifest.

It takes and gives layers as plain tuples and imports no napari.
"""
