using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>An issuance on its way to the ledger, or there.</summary>
public sealed record StoredIssuance
{
    /// <summary>Its number in the store.</summary>
    public required long Number { get; init; }

    /// <summary>Its name in addresses: random, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="IssuanceKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The SHA-256 of the canonical request under the store's secret.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>One of <see cref="IssuanceState"/>.</summary>
    public required string State { get; init; }

    /// <summary>How many credentials.</summary>
    public required int Size { get; init; }

    /// <summary>When it was asked for; the credentials' <c>validFrom</c>.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The Merkle root, once the documents are built.</summary>
    public string? Root { get; init; }

    /// <summary>The signed statement, once the documents are built.</summary>
    public SignedStatement<IssuanceStatement>? Statement { get; init; }

    /// <summary>The transaction that anchored it.</summary>
    public string? TransactionId { get; init; }

    /// <summary>When the transaction was made.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Who asked for it, as JSON; only of a new one, to be stored with it.</summary>
    public string? Actor { get; init; }

    /// <summary>Why the ledger refused it.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether nobody but the request that made it submits it, which may then take it back.</summary>
    public bool IsUnclaimed { get; init; }

    /// <summary>Why it has to wait, if that was written down.</summary>
    public string? Waits { get; init; }

    /// <summary>
    /// The index in the tree of a lone credential; 0 unless it was anchored together with those of other requests.
    /// </summary>
    public int Leaf { get; init; }

    /// <summary>Whether a lone credential is anchored together with those of other requests.</summary>
    public bool IsJoint => Kind == IssuanceKind.Credential && Statement is { Statement.Size: > 1 };
}

/// <summary>A lone credential that is to be stored, alone or with those that are anchored together with it.</summary>
/// <param name="Issuance">Its issuance; the number is given when it is stored.</param>
/// <param name="Fingerprint">What a repeated request has in common with the first; none if it has nothing.</param>
/// <param name="Document">Its document.</param>
/// <param name="Award">What is awarded.</param>
public sealed record NewCredential(
    StoredIssuance Issuance, byte[]? Fingerprint, StoredDocument Document, AwardKeys Award)
{
    /// <summary>Finds what stands in its way. Default is that nothing does.</summary>
    public Func<AwardIndex, FoundAward?>? Look { get; init; }

    /// <summary>Where it is from. Default is nowhere that is worth noting.</summary>
    public IssuanceSource? Source { get; init; }
}

/// <summary>What storing a lone credential led to: one of the two.</summary>
/// <param name="Issuance">The issuance: the new one, or the one that the same request led to before.</param>
/// <param name="Before">The award that stands in its way.</param>
public sealed record AddedCredential(StoredIssuance? Issuance, FoundAward? Before)
{
    /// <summary>Whether nothing stood in its way.</summary>
    public bool IsNew { get; init; }
}

/// <summary>The kinds of requests that lead to an issuance.</summary>
public static class IssuanceKind
{
    public const string Credential = "credential";
    public const string Batch = "batch";
}

/// <summary>The states of an issuance, in their order.</summary>
public static class IssuanceState
{
    /// <summary>The rows are stored; the documents are being built.</summary>
    public const string Accepted = "accepted";

    /// <summary>All documents and the signed statement are stored; the ledger has not confirmed yet.</summary>
    public const string Ready = "ready";

    /// <summary>It is on the ledger.</summary>
    public const string Issued = "issued";

    /// <summary>The ledger refused it for good; nothing was issued.</summary>
    public const string Refused = "refused";
}

/// <summary>A credential and where it stands.</summary>
/// <param name="Id">The UUID in the credential's identifier.</param>
/// <param name="Issuance">The number of its issuance; 0 while that has none.</param>
/// <param name="Leaf">The index in the tree.</param>
/// <param name="Row">The row of the request, from 1.</param>
/// <param name="Kept">What its document is made of.</param>
public sealed record StoredDocument(Guid Id, long Issuance, int Leaf, int Row, KeptDocument Kept)
{
    /// <summary>Whom it is sent to once it is on the ledger; only of a new one, to be stored with it.</summary>
    public MailTo? MailTo { get; init; }

    /// <summary>
    /// The hashes of its leaf's path, from the leaf upwards, one behind the other, where it is anchored together with
    /// those of other requests; only of a new one, to be stored with it.
    /// </summary>
    public byte[]? Path { get; init; }
}

/// <summary>Whom a mail is sent to.</summary>
/// <param name="Address">The address.</param>
/// <param name="Language">The learner's language, BCP 47; none if it is not known.</param>
public sealed record MailTo(string Address, string? Language = null);

/// <summary>What of a document is kept.</summary>
/// <param name="Bytes">
/// The seed where there is a template, else the whole document as <see cref="PackedDocument"/>: with its proof, or
/// without anchor and proof.
/// </param>
/// <param name="Template">The number of the template that the seed belongs to.</param>
/// <param name="Signature">
/// The signature of the proof that was handed out first, behind a byte for its algorithm; none if each proof is made
/// when the document is asked for.
/// </param>
public sealed record KeptDocument(byte[] Bytes, long? Template = null, byte[]? Signature = null);
