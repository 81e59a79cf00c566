"""The compiled forms of the kernels. Importing a module of this folder loads numba."""
