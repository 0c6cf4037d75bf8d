"""Messages to residents and the office: noted with their cause, sent afterwards, never twice for one.

gather(suite, store, …)      what the chain says is to be told: rents due soon, arrears and more
deliver(store, ways, …)      sends what is due to be sent
"""
