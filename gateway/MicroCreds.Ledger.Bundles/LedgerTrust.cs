using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles;

/// <summary>
/// Whom a verifier trusts: the ledger, its contract, and the root certificates of its members. A verifier gets it once,
/// from somebody it trusts, and keeps it.
/// </summary>
public sealed record LedgerTrust
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "LedgerTrust";

    /// <summary>The most members that are read.</summary>
    public const int MaxMembers = 1000;

    /// <summary>Tells a trust file from others.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The ledger's name: its channel and the hash of that channel's first block.</summary>
    public required string Ledger { get; init; }

    /// <summary>The chaincode that holds the contract.</summary>
    public required string Chaincode { get; init; }

    /// <summary>The members.</summary>
    public required IReadOnlyList<TrustedMember> Members { get; init; }

    /// <summary>
    /// How many members' peers must have endorsed a new record. Default is a majority of the members; set it if the
    /// chaincode's own policy says otherwise.
    /// </summary>
    public int? Endorsements { get; init; }

    /// <summary>Reads a trust file.</summary>
    /// <exception cref="StrictJsonException">It is none; the message says what is wrong and where.</exception>
    public static LedgerTrust Read(ReadOnlySpan<byte> utf8)
    {
        var trust = LedgerJson.Deserialize<LedgerTrust>(utf8);
        if (trust.Type != TypeName)
        {
            throw new StrictJsonException(
                "/type", $"It must be {TypeName}: GET /v1/trust of a gateway writes such a file.");
        }

        if (trust.Members.Count is 0 or > MaxMembers)
            throw new StrictJsonException("/members", $"There must be 1 to {MaxMembers}.");
        if (trust.Endorsements is < 1)
            throw new StrictJsonException("/endorsements", "It must be 1 or more, or left out.");
        return trust;
    }
}

/// <summary>A member's roots.</summary>
public sealed record TrustedMember
{
    /// <summary>The member.</summary>
    public required string MspId { get; init; }

    /// <summary>The certificates that its identities' chain to, PEM.</summary>
    public required IReadOnlyList<string> Roots { get; init; }

    /// <summary>Certificates between those and the identities', PEM. Default is none.</summary>
    public IReadOnlyList<string> Intermediates { get; init; } = [];

    /// <summary>
    /// The organisational unit that marks its peers. Default is none: any identity of it may endorse.
    /// </summary>
    public string? PeerUnit { get; init; }
}
