namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>An API key as it is listed; the key itself is shown once, when it is made, and kept nowhere.</summary>
public sealed record ApiKey
{
    /// <summary>Names the key; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>What the registrar calls it.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do, of <see cref="GatewayRoles"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was withdrawn.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>
    /// Of a withdrawn key, whether the ledger says so too. Until then it is refused here, but a copy of the gateway's
    /// data from before would take it; it is sent on until it is there.
    /// </summary>
    public bool? WithdrawalOnLedger { get; init; }
}

/// <summary>What a caller may do at this gateway.</summary>
public static class GatewayRoles
{
    /// <summary>May read the documents.</summary>
    public const string Reader = "reader";

    /// <summary>May issue, suspend, reinstate and revoke, and publish achievements; also what a reader may.</summary>
    public const string Issuer = "issuer";

    /// <summary>May change the institution, its keys and the API keys; also what an issuer may.</summary>
    public const string Registrar = "registrar";

    /// <summary>May read the audit log; nothing else. A registrar may, too.</summary>
    public const string Auditor = "auditor";

    /// <summary>
    /// May approve what others ask to issue; also what a reader may. A registrar may, too; nobody what they have asked
    /// for themselves.
    /// </summary>
    public const string Approver = "approver";

    /// <summary>
    /// May sign agreements and accreditations, and decide on what learners bring; nothing else. A registrar may, too.
    /// </summary>
    public const string RecognitionOfficer = "recognitionOfficer";

    /// <summary>The roles of which each may what the one before may, the least first.</summary>
    public static readonly IReadOnlyList<string> Ladder = [Reader, Issuer, Registrar];

    /// <summary>The policy for whoever has a role here, whichever.</summary>
    public const string Any = "any";

    /// <summary>The policy for whoever decides on what learners bring: readers and recognition officers.</summary>
    public const string Recognizing = "recognizing";

    /// <summary>All roles.</summary>
    public static readonly IReadOnlyList<string> All = [.. Ladder, Approver, Auditor, RecognitionOfficer];

    /// <summary>Which roles may what a role may.</summary>
    public static IReadOnlyList<string> Sufficient(string role) => role switch
    {
        Auditor => [Auditor, Registrar],
        Approver => [Approver, Registrar],
        RecognitionOfficer => [RecognitionOfficer, Registrar],
        Recognizing => [.. Ladder, Approver, RecognitionOfficer],
        Any => All,
        Reader => [.. Ladder, Approver],
        _ => [.. Ladder.SkipWhile(one => one != role)],
    };
}
