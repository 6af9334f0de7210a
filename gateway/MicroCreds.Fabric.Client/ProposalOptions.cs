using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>What goes with a transaction's name into its proposal.</summary>
public sealed record ProposalOptions
{
    /// <summary>The transaction's arguments, strings or bytes. Default is none.</summary>
    public IReadOnlyList<TransactionArgument> Arguments { get; init; } = [];

    /// <summary>
    /// Data that the chaincode sees and the ledger does not keep. Default is none; mostly used together with
    /// <see cref="EndorsingOrganizations"/>, since every endorsing peer sees it.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Transient { get; init; } =
        new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>
    /// Whether the current trace, if one is recorded, goes to the chaincode with the transient data: what is endorsed
    /// and written stays the same. Default is that it does not, since a peer sends transient data to no other
    /// organisation's peer first, and evaluates at its own organisation's alone.
    /// </summary>
    public bool CarriesTrace { get; init; }

    /// <summary>
    /// The MSP ids of the organisations that are sent the proposal, and no others. Default is none given: the gateway
    /// works them out from the endorsement policies.
    /// </summary>
    public IReadOnlyList<string> EndorsingOrganizations { get; init; } = [];

    /// <exception cref="ArgumentException">Something is null, or has no UTF-8 form; the message names it.</exception>
    internal void Validate()
    {
        if (Arguments is null)
            throw new ArgumentException("Arguments is null: leave it out where there are none.");

        if (Transient is null)
            throw new ArgumentException("Transient is null: leave it out where there is none.");

        if (EndorsingOrganizations is null || EndorsingOrganizations.Contains(null))
        {
            throw new ArgumentException(
                "EndorsingOrganizations is null, or one of them: leave it out where none is named.");
        }

        foreach (string key in Transient.Keys) StrictText.Check(key, "A key of Transient");
        foreach (string mspId in EndorsingOrganizations) StrictText.Check(mspId, "One of EndorsingOrganizations");
    }
}
