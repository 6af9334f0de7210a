namespace MicroCreds.Ledger.Model;

/// <summary>One page of a list.</summary>
/// <param name="Items">The records, in the order of their keys.</param>
/// <param name="Next">What to send to get the next page; absent on the last.</param>
/// <typeparam name="T">The kind of record.</typeparam>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null)
{
    /// <summary>How many records of the whole list could not be read and are left out; absent if none.</summary>
    public int? Unreadable { get; init; }
}

/// <summary>All that a verifier needs about one credential, in one round trip.</summary>
public sealed record VerificationRecords
{
    /// <summary>What stands about the credential.</summary>
    public Anchor Anchor { get; init; } = new();

    /// <summary>
    /// What says whether its issuer was accredited; absent where the issuance does not attest the achievement, or it is
    /// not said which of several is meant.
    /// </summary>
    public AccreditationRecords? Accreditation { get; init; }
}

/// <summary>What stands about one credential.</summary>
public sealed record Anchor
{
    /// <summary>The issuance; absent if its root was never anchored.</summary>
    public Issuance? Issuance { get; init; }

    /// <summary>The status; absent while the credential is in force.</summary>
    public Status? Status { get; init; }

    /// <summary>The issuing institution with all its keys.</summary>
    public Institution? Institution { get; init; }
}

/// <summary>All that says whether an institution was accredited for an achievement.</summary>
public sealed record AccreditationRecords
{
    /// <summary>The achievement; absent if it is not on the ledger.</summary>
    public Achievement? Achievement { get; init; }

    /// <summary>The institution's accreditations.</summary>
    public IReadOnlyList<Accreditation> Accreditations { get; init; } = [];

    /// <summary>Who the accreditors are and were.</summary>
    public Consortium Consortium { get; init; } = new();

    /// <summary>The accreditors' own records, with their keys.</summary>
    public IReadOnlyList<Institution> Accreditors { get; init; } = [];
}

/// <summary>One entry of a record's history, newest first in a list.</summary>
/// <param name="TransactionId">The transaction that wrote it.</param>
/// <param name="Time">The transaction's time.</param>
/// <param name="Record">The record as it was then; absent if it was deleted.</param>
/// <typeparam name="T">The kind of record.</typeparam>
public sealed record HistoryEntry<T>(string TransactionId, DateTimeOffset Time, T? Record)
    where T : class;

/// <summary>What a transaction answers: the record, and whether it was there already.</summary>
/// <param name="Record">The record as it stands on the ledger.</param>
/// <param name="Unchanged">True when the same submission was found, so that nothing was written.</param>
/// <typeparam name="T">The kind of record.</typeparam>
public sealed record Written<T>(T Record, bool Unchanged = false)
    where T : class;

/// <summary>What rewriting endorsement policies has done.</summary>
/// <param name="Count">How many records' policies were not the present ones, and now are.</param>
public sealed record RefreshedPolicies(int Count);

/// <summary>Records whose endorsement policies are not made from the members as they are.</summary>
/// <param name="Keys">The records that the members, as they are, can change.</param>
/// <param name="Stuck">Those that they cannot change any more, unless one who left still endorses.</param>
/// <param name="Next">What to send to look further; absent when all were looked at.</param>
public sealed record StalePolicies(
    IReadOnlyList<RecordKey> Keys, IReadOnlyList<RecordKey> Stuck, string? Next = null);
