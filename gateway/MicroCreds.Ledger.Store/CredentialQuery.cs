namespace MicroCreds.Ledger.Store;

/// <summary>Which credentials are looked for. What is not said does not matter.</summary>
public sealed record CredentialQuery
{
    /// <summary>Words of the learner's name, in any order, with small slips.</summary>
    public string? Name { get; init; }

    /// <summary>The places that it must be one of.</summary>
    public IReadOnlyCollection<(long Issuance, int Row)>? Places { get; init; }

    /// <summary>The templates that it must be of one of.</summary>
    public IReadOnlyList<long>? Templates { get; init; }

    /// <summary>The issuance that it is of.</summary>
    public long? Issuance { get; init; }

    /// <summary>When it was issued at the earliest.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before when it was issued.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Behind which place the page begins.</summary>
    public FoundPlace? After { get; init; }

    /// <summary>The most to find.</summary>
    public int Size { get; init; } = 50;
}

/// <summary>A place in the order of what was found: the nearest first, and of these the newest.</summary>
/// <param name="Distance">How far the name is from what was looked for; 0 is it to the letter.</param>
/// <param name="Entry">The place in its issuance; later ones are greater.</param>
public readonly record struct FoundPlace(int Distance, long Entry)
{
    /// <summary>Whether it comes behind another.</summary>
    public bool IsBehind(FoundPlace other) => Order(this, other) > 0;

    /// <summary>Puts two in their order.</summary>
    internal static int Order(FoundPlace one, FoundPlace other) => one.Distance != other.Distance
        ? one.Distance.CompareTo(other.Distance)
        : other.Entry.CompareTo(one.Entry);
}

/// <summary>A credential that was found.</summary>
/// <param name="Document">The document.</param>
/// <param name="Place">Where it stands in the order.</param>
/// <param name="Root">Its issuance's root.</param>
/// <param name="IssuanceId">The name of its issuance.</param>
/// <param name="IssuanceKind">One of <see cref="Store.IssuanceKind"/>.</param>
/// <param name="IssuedAt">The date of issuing, as the credential has it.</param>
public sealed record FoundCredential(
    StoredDocument Document, FoundPlace Place, string Root, string IssuanceId, string IssuanceKind,
    DateTimeOffset IssuedAt)
{
    /// <summary>The learner's name. Personal: never log it.</summary>
    public string? Name => NameIndex.NameIn(Document.Kept.Bytes, Document.Kept.Template is not null);
}

/// <summary>A page of what was found.</summary>
/// <param name="Items">What was found.</param>
/// <param name="Next">Behind which place the next page begins; none if this is the last.</param>
/// <param name="IsCut">
/// Whether so many people have such a name that not all were looked at: more of the name is needed.
/// </param>
public sealed record FoundPage(IReadOnlyList<FoundCredential> Items, FoundPlace? Next, bool IsCut);
