"""Publish the sources of a deployment, so that everybody can compare them with the code on the chain.

Two services take them: Sourcify (version 2 of its interface) and Etherscan (version 2, one for many chains).
Everything that they ask for is in the artifacts and the manifest: the compiler's own input with every source,
the compiler's version, constructor arguments, the libraries' addresses, the transaction that created it.
"""
