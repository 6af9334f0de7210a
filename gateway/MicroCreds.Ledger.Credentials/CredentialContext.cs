using MicroCreds.Ledger.Credentials.StatusLists;

namespace MicroCreds.Ledger.Credentials;

/// <summary>What the credentials of one issuance share besides issuer and achievement.</summary>
public sealed record CredentialContext
{
    /// <summary>When they become valid, kept to whole seconds. One time for all: it must not tell them apart.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>The part of a status list that they take.</summary>
    public required StatusListRange StatusList { get; init; }
}
