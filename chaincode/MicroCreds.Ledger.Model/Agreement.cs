namespace MicroCreds.Ledger.Model;

/// <summary>What a party signs to propose an agreement on recognition, or an amendment of one.</summary>
public sealed record AgreementStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "Agreement";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => true;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The party that proposes.</summary>
    public required string MspId { get; init; }

    /// <summary>The agreement's name, which holds its first proposer: see <see cref="OwnedName"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The version, from 1 upwards: an amendment is the next.</summary>
    public required int Version { get; init; }

    /// <summary>The title.</summary>
    public required string Name { get; init; }

    /// <summary>All parties, sorted: two, or the members of a convention.</summary>
    public required IReadOnlyList<string> Parties { get; init; }

    /// <summary>
    /// What is recognized, as what. Where several fit, the learner gets the most credits; on a pathway, what brings the
    /// end nearest.
    /// </summary>
    public required IReadOnlyList<AgreementClause> Clauses { get; init; }

    /// <summary>
    /// From when on awards count. An amendment applies from then on, but never to what was awarded before all accepted
    /// it.
    /// </summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>Until when awards count; none is until it ends by notice.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>How many days' notice a party gives that leaves by itself.</summary>
    public required int NoticeDays { get; init; }

    /// <summary>Where the agreement's text is published, an https address.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// The other consortium whose awards are recognized: then <see cref="AgreementClause.AwardedBy"/> names members of
    /// that one, and the parties recognize. Default is none: the parties recognize each other's.
    /// </summary>
    public AbroadConsortium? Abroad { get; init; }

    /// <summary>The party's key that signs.</summary>
    public required string KeyId { get; init; }

    /// <summary>
    /// Tells whether it is about an institution's awards at another: both are parties; or, of awards of another
    /// consortium, it is about that one and the institution that would recognize them is a party.
    /// </summary>
    /// <param name="facts">The award.</param>
    /// <param name="institution">The institution that would recognize it.</param>
    public bool Binds(CredentialFacts facts, string institution)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return Parties.HasOrdinal(institution)
            && (Abroad is null
                ? facts.Ledger is null && Parties.HasOrdinal(facts.MspId)
                : string.Equals(facts.Ledger, Abroad.Ledger, StringComparison.Ordinal));
    }
}

/// <summary>One rule of an agreement: whose awards are recognized by whom, as what.</summary>
public sealed record AgreementClause
{
    /// <summary>The name within the agreement.</summary>
    public required string Id { get; init; }

    /// <summary>The parties that recognize, sorted; empty is all.</summary>
    public IReadOnlyList<string> RecognizedBy { get; init; } = [];

    /// <summary>The parties whose awards are recognized, sorted; empty is all.</summary>
    public IReadOnlyList<string> AwardedBy { get; init; } = [];

    /// <summary>Which of their achievements.</summary>
    public AwardScope Scope { get; init; } = new();

    /// <summary>As how many ECTS credits, whatever the award's own; not with a ratio.</summary>
    public double? Credits { get; init; }

    /// <summary>As which part of the award's own credits, such as 0.8; none is all of them.</summary>
    public double? CreditRatio { get; init; }

    /// <summary>The achievement that it counts as, of the one party that recognizes.</summary>
    public AchievementReference? Equivalent { get; init; }

    /// <summary>The level that it counts at; none is its own.</summary>
    public int? EqfLevel { get; init; }

    /// <summary>
    /// The most credits that one learner gets by this clause at one institution, used up as <see cref="CreditCap"/>
    /// says.
    /// </summary>
    public double? MaxCreditsPerLearner { get; init; }

    /// <summary>What the issuer's grades are called where they are recognized.</summary>
    public IReadOnlyList<GradeConversion> Grades { get; init; } = [];

    /// <summary>Whether only what was accredited when it was awarded is recognized.</summary>
    public bool AccreditedOnly { get; init; }

    /// <summary>Tells whether by this clause one party recognizes awards of another.</summary>
    /// <param name="recognizer">The party that would recognize.</param>
    /// <param name="awarder">The party that awards.</param>
    public bool Means(string recognizer, string awarder) =>
        (RecognizedBy.Count == 0 || RecognizedBy.HasOrdinal(recognizer))
        && (AwardedBy.Count == 0 || AwardedBy.HasOrdinal(awarder));
}

/// <summary>A line of a conversion table.</summary>
/// <param name="From">The grade on the credential.</param>
/// <param name="To">The grade that it counts as.</param>
public sealed record GradeConversion(string From, string To);

/// <summary>What a party signs to accept an agreement, or an amendment.</summary>
public sealed record AcceptanceStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "AgreementAcceptance";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => true;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The party that accepts.</summary>
    public required string MspId { get; init; }

    /// <summary>The agreement.</summary>
    public required string Agreement { get; init; }

    /// <summary>Its version.</summary>
    public required int Version { get; init; }

    /// <summary>The SHA-256 of the canonical proposal in hexadecimal digits: these words, and no others.</summary>
    public required string Digest { get; init; }

    /// <summary>The party's key that signs.</summary>
    public required string KeyId { get; init; }
}

/// <summary>What a party signs to leave an agreement; one of two parties ends it so.</summary>
public sealed record NoticeStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "AgreementNotice";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => false;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The party that leaves.</summary>
    public required string MspId { get; init; }

    /// <summary>The agreement.</summary>
    public required string Agreement { get; init; }

    /// <summary>From when on its awards, and awards to be recognized by it, count no more; none is as soon as may be.
    /// </summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The party's key that signs.</summary>
    public required string KeyId { get; init; }
}

/// <summary>
/// One part of an agreement as the ledger keeps it: a proposal, an acceptance or a notice. Each is its signer's own
/// record, written once and never changed, so that nobody has to be asked to leave, and nobody can rewrite.
/// </summary>
public sealed record AgreementPart
{
    /// <summary>A proposal.</summary>
    public SignedStatement<AgreementStatement>? Proposal { get; init; }

    /// <summary>An acceptance.</summary>
    public SignedStatement<AcceptanceStatement>? Acceptance { get; init; }

    /// <summary>A notice.</summary>
    public SignedStatement<NoticeStatement>? Notice { get; init; }

    /// <summary>When a notice takes effect.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The transaction's own time.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>The transaction that wrote it.</summary>
    public required string TransactionId { get; init; }
}
