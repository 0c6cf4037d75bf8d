"""Tools of the repository: locks, the compiler shim, the tasks behind `make`. Not part of the package."""
