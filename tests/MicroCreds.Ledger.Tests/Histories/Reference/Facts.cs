namespace MicroCreds.Ledger.Tests.Histories.Reference;

/// <summary>Where in the chain something was written, and the highest time of any that counts up to there.</summary>
internal readonly record struct Moment(long Block, DateTimeOffset Time);

/// <summary>Something that the chain says, with who says it.</summary>
internal abstract record Fact
{
    public required Moment At { get; init; }

    /// <summary>The institution that speaks.</summary>
    public required string MspId { get; init; }

    /// <summary>The key that signed, where it is a statement.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>Whether the signature is that key's, of these words, and for this ledger.</summary>
    public bool IsGenuine { get; init; } = true;

    /// <summary>Whether that institution's own client sent it; what another's sent in its name is nothing.</summary>
    public bool IsOwn { get; init; } = true;
}

internal sealed record KeyAdded : Fact;

internal sealed record KeyWithdrawn(DateTimeOffset? StolenSince) : Fact;

internal sealed record IdentityClaimed(string Did, string Name) : Fact;

internal sealed record IdentityConfirmed(string Did, string Name) : Fact;

internal sealed record Published(Course Course) : Fact;

internal sealed record Anchored(string Root, int Size, string Achievement, int Version) : Fact
{
    /// <summary>Whether it is written in a way that is known.</summary>
    public bool IsReadable { get; init; } = true;
}

internal sealed record StatusSaid(string Root, int Index, string State) : Fact;

/// <summary>By a ballot an institution became, or is no more, an accreditor; who speaks is whom it is about.</summary>
/// <param name="IsAdmitted">Which of the two.</param>
/// <param name="Needed">How many votes were a majority.</param>
/// <param name="Votes">Those for it.</param>
internal sealed record AccreditorDecided(bool IsAdmitted, int Needed, IReadOnlyList<VoteSaid> Votes) : Fact;

internal sealed record VoteSaid : Fact;

internal sealed record AccreditationSaid(string Institution, string Id, string Action) : Fact
{
    public Scope Scope { get; init; } = Scope.All;

    public bool IsScopeGiven { get; init; }

    public DateTimeOffset? ValidFrom { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }

    public DateTimeOffset? EffectiveFrom { get; init; }
}

internal sealed record AgreementProposed(string Id, int Version, IReadOnlyList<string> Parties) : Fact
{
    public required IReadOnlyList<Clause> Clauses { get; init; }

    public required DateTimeOffset ValidFrom { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }
}

internal sealed record AgreementAccepted(string Id, int Version) : Fact;

internal sealed record NoticeGiven(string Id, DateTimeOffset EndsAt) : Fact;

/// <summary>What is learnt.</summary>
internal sealed record Course(string Id, int Version, string Title, double Credits, int? Level, string? Field);

/// <summary>Which courses are meant; what is empty is any.</summary>
internal sealed record Scope(
    IReadOnlyList<int> Levels, IReadOnlyList<string> Fields, IReadOnlyList<string> Courses)
{
    public static Scope All { get; } = new([], [], []);

    public bool Means(Course course) =>
        (Levels.Count == 0 || (course.Level is { } level && Levels.Contains(level)))
        && (Fields.Count == 0 || Fields.Any(field => course.Field?.StartsWith(field, StringComparison.Ordinal) == true))
        && (Courses.Count == 0 || Courses.Contains(course.Id));
}

/// <summary>One rule of an agreement.</summary>
internal sealed record Clause(string Id)
{
    public IReadOnlyList<string> RecognizedBy { get; init; } = [];

    public IReadOnlyList<string> AwardedBy { get; init; } = [];

    public Scope Scope { get; init; } = Scope.All;

    public double? Credits { get; init; }

    public double? Ratio { get; init; }

    public bool AccreditedOnly { get; init; }
}

/// <summary>A credential as its holder shows it: what it says, and what the test knows of how it came about.</summary>
internal sealed record Paper
{
    public required string Name { get; init; }

    public required byte[] Document { get; init; }

    public required string MspId { get; init; }

    public required string Did { get; init; }

    public required string IssuerName { get; init; }

    public required Course Course { get; init; }

    public required string Root { get; init; }

    public required int Index { get; init; }

    public required string KeyId { get; init; }

    public required string Ledger { get; init; }

    public required string List { get; init; }

    public required int Position { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Whether the proof is that key's over every letter.</summary>
    public bool IsProven { get; init; } = true;

    /// <summary>Whether its leaf is in the tree at that place.</summary>
    public bool IsInTree { get; init; } = true;
}
