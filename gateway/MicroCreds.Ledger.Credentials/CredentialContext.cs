namespace MicroCreds.Ledger.Credentials;

/// <summary>What the credentials of one issuance share besides issuer and achievement.</summary>
public sealed record CredentialContext
{
    /// <summary>When they become valid, kept to whole seconds. One time for all: it must not tell them apart.</summary>
    public required DateTimeOffset ValidFrom { get; init; }
}
