"""The network, drawn: what each neuron computes, how strongly neurons are connected, and edits of both by hand."""
