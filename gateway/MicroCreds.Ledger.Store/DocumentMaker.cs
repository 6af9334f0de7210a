using System.Collections.Concurrent;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Makes documents of what the store keeps of them: the seed, the template, the issuance's statement and tree. What
/// comes out is held against the leaf that was anchored, so that no other document than the one that was issued is ever
/// handed out. Thread-safe.
/// </summary>
public sealed class DocumentMaker(IssuanceStore issuances, DocumentStore documents)
{
    /// <summary>The most templates that are kept in memory; beyond it the cache starts anew.</summary>
    private const int MaxTemplates = 256;

    private readonly ConcurrentDictionary<long, byte[]> _shared = [];
    private readonly ConcurrentDictionary<(long Issuance, long Template), CredentialTemplate> _templates = [];

    /// <summary>Makes a document.</summary>
    /// <param name="document">What is kept of it.</param>
    /// <exception cref="InvalidDataException">It does not come out as it was issued.</exception>
    public MadeDocument Make(StoredDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var issuance = issuances.Find(document.Issuance)
            ?? throw new InvalidDataException($"The store lost the issuance of {document.Id}.");
        if (issuance.Size == 1) return Make(document, issuance, PathOf(document, issuance));

        byte[] piece = documents.ReadPiece(issuance.Number, document.Leaf / TreePieces.LeavesPerPiece);
        byte[] roots = documents.ReadPiece(issuance.Number, TreePieces.Roots);
        return Make(document, issuance, TreePieces.PathOf(document.Leaf, piece, roots));
    }

    /// <summary>Prepares to make all documents of an issuance: its tree is read once.</summary>
    /// <param name="issuance">An issuance that is on the ledger.</param>
    public Func<StoredDocument, MadeDocument> Of(StoredIssuance issuance)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        int length = issuance.Size * MerkleTree.HashLength;
        using var leaves = new MemoryStream(length);
        for (int piece = 0; leaves.Length < length; piece++)
        {
            byte[] hashes = documents.ReadPiece(issuance.Number, piece);
            if (hashes.Length == 0) break;
            leaves.Write(hashes);
        }

        var tree = leaves.Length == length && issuance.Size > 1 ? MerkleTree.Over(leaves.ToArray()) : null;
        return document => Make(document, issuance, tree?.ProofFor(document.Leaf) ?? []);
    }

    /// <summary>A lone credential has a path if it was anchored together with those of other requests.</summary>
    private byte[][] PathOf(StoredDocument document, StoredIssuance issuance) => issuance.IsJoint
        ? [.. documents.ReadPiece(issuance.Number, TreePieces.PathOf(document.Leaf)).Chunk(MerkleTree.HashLength)]
        : [];

    private MadeDocument Make(StoredDocument document, StoredIssuance issuance, IReadOnlyList<byte[]> path)
    {
        if (document.Kept.Template is null && MadeDocument.TryOfWhole(document) is { } whole) return whole;

        var statement = issuance.Statement?.Statement
            ?? throw new InvalidDataException($"The store lost the statement of {document.Id}.");
        var credential = UnsignedOf(document, issuance, statement);
        byte[] leaf = credential.LeafHash();
        if (!MerkleProof.Verify(
            Convert.FromHexString(statement.Root), leaf, document.Leaf, statement.Size, path))
        {
            throw new InvalidDataException(
                $"The document of {document.Id} does not come out as it was issued: microcreds store check says more.");
        }

        return new MadeDocument(
            credential,
            new LedgerAnchorDocument
            {
                Ledger = statement.Ledger,
                MspId = statement.MspId,
                Root = statement.Root,
                Index = document.Leaf,
                Size = statement.Size,
                Path = [.. path.Select(Convert.ToHexStringLower)],
                KeyId = statement.KeyId,
            },
            issuance.CreatedAt, document.Kept.Signature);
    }

    private UnsignedCredential UnsignedOf(
        StoredDocument document, StoredIssuance issuance, IssuanceStatement statement)
    {
        if (document.Kept.Template is not { } number)
            return UnsignedCredential.FromCanonical(new PackedDocument(document.Kept.Bytes).Unpack());
        try
        {
            return TemplateOf(number, issuance, statement).Expand(
                CredentialSeed.FromCbor(document.Kept.Bytes), document.Leaf);
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"The document of {document.Id} cannot be made any more.", exception);
        }
    }

    private CredentialTemplate TemplateOf(long number, StoredIssuance issuance, IssuanceStatement statement)
    {
        if (_templates.TryGetValue((issuance.Number, number), out var known)) return known;
        var template = CredentialTemplate.FromShared(SharedOf(number), statement, issuance.CreatedAt);

        // A lone credential's is used once and again by nobody.
        if (issuance.Size == 1) return template;
        if (_templates.Count >= MaxTemplates) _templates.Clear();
        return _templates[(issuance.Number, number)] = template;
    }

    private byte[] SharedOf(long number)
    {
        if (_shared.TryGetValue(number, out byte[]? known)) return known;
        if (_shared.Count >= MaxTemplates) _shared.Clear();
        return _shared[number] = documents.ReadTemplate(number);
    }
}

/// <summary>A document that was made: all of it but a proof, or all of it.</summary>
public sealed class MadeDocument
{
    private readonly byte[]? _finished;
    private readonly UnsignedCredential? _credential;
    private readonly LedgerAnchorDocument? _anchor;
    private readonly byte[]? _signature;

    internal MadeDocument(
        UnsignedCredential credential, LedgerAnchorDocument anchor, DateTimeOffset validFrom, byte[]? signature)
    {
        (_credential, _anchor, _signature) = (credential, anchor, signature);
        (Did, KeyId, ValidFrom) = (credential.IssuerDid, anchor.KeyId, validFrom);
    }

    private MadeDocument(byte[] finished, string did, string keyId, DateTimeOffset validFrom) =>
        (_finished, Did, KeyId, ValidFrom) = (finished, did, keyId, validFrom);

    /// <summary>The issuer's DID, as it stands there.</summary>
    public string Did { get; }

    /// <summary>The key that anchored it.</summary>
    public string KeyId { get; }

    /// <summary>When it became valid, which is the time of its proofs.</summary>
    public DateTimeOffset ValidFrom { get; }

    /// <summary>Gives the document with its anchor; it may have a proof.</summary>
    public byte[] WithAnchor() => _finished ?? _credential!.With(_anchor!);

    /// <summary>Gives the document with the proof that it was handed out with first; none if it has none.</summary>
    public byte[]? WithFirstProof()
    {
        if (_finished is not null || _signature is not [var algorithm, .. var signature]) return _finished;
        return new CredentialProof((KeyAlgorithm)algorithm, Did, KeyId, ValidFrom)
            .Attach(_credential!, _anchor!, signature);
    }

    /// <summary>Gives the document with a proof made now.</summary>
    public ValueTask<byte[]> CompleteAsync(CredentialSigner signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signer);
        if (_finished is null) return signer.CompleteAsync(_credential!, _anchor!, cancellationToken);
        try
        {
            return signer.CompleteAsync(
                UnsignedCredential.FromFinished(_finished), CredentialReader.Read(_finished).Anchor, cancellationToken);
        }
        catch (CredentialFormatException)
        {
            // One of a form that nobody reads any more keeps the proof that it has.
            return new(_finished);
        }
    }

    /// <summary>Takes a document that is kept whole, with its proof; nothing if it has none.</summary>
    internal static MadeDocument? TryOfWhole(StoredDocument document)
    {
        byte[] whole = new PackedDocument(document.Kept.Bytes).Unpack();
        using var json = JsonDocument.Parse(whole);
        var root = json.RootElement;
        return root.TryGetProperty(CredentialVocabulary.ProofMember, out _)
            ? new MadeDocument(
                whole, root.GetProperty("issuer").GetProperty("id").GetString()!,
                root.GetProperty(CredentialVocabulary.AnchorMember).GetProperty("keyId").GetString()!,
                root.GetProperty("validFrom").GetDateTimeOffset())
            : null;
    }
}
