using System.Data.Common;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Makes every document anew and holds it against the tree, and the tree against the root. Not thread-safe.
/// </summary>
internal sealed class DocumentCheck(DbConnection connection, Action<string> add)
{
    private readonly Dictionary<long, byte[]?> _templates = [];

    /// <summary>How a credential is called in messages.</summary>
    public static string NameOf(byte[] id) =>
        id.Length == 16 ? $"{new Guid(id, bigEndian: true)}" : Convert.ToHexStringLower(id);

    /// <summary>Checks the documents of an issuance.</summary>
    /// <returns>How many there are.</returns>
    public int Check(long number, CheckedIssuance issuance)
    {
        var documents = Read(number);

        // There may be fewer: documents are erased.
        if (documents.Count > issuance.Size)
            add($"Issuance {number} is of {issuance.Size} credentials and has {documents.Count} documents.");
        foreach (var twice in documents.GroupBy(document => document.Row).Where(row => row.Count() > 1))
            add($"Row {twice.Key} of issuance {number} has two documents.");
        foreach (var twice in documents.GroupBy(document => document.Leaf).Where(leaf => leaf.Count() > 1))
            add($"Leaf {twice.Key} of issuance {number} has two documents.");

        bool hasSeeds = documents.Exists(document => document.Kept.Template is not null);
        var leaves = hasSeeds && !issuance.IsJoint && issuance.Statement is { } statement
            ? LeavesOf(number, statement) : null;
        var templates = new Dictionary<long, CredentialTemplate?>();
        foreach (var document in documents)
        {
            if (document.Kept.Template is { } template) CheckSeed(document, issuance, leaves, templates, template);
            else CheckWhole(document, issuance);
        }

        return documents.Count;
    }

    private List<StoredDocument> Read(long number)
    {
        using var select = connection.Prepare(
            """
            SELECT c.id, c.issuance, c.leaf, c.row, c.document, c.template, c.signature
              FROM credential c WHERE c.issuance = $0 ORDER BY c.row
            """, 1);
        using var rows = select.With(number).ExecuteReader();
        var documents = new List<StoredDocument>();
        while (rows.Read())
        {
            if (rows.GetFieldValue<byte[]>(0) is { Length: 16 }) documents.Add(DocumentStore.Map(rows));
            else add($"A credential of issuance {number} has an identifier that is none.");
        }

        return documents;
    }

    /// <summary>Reads the tree; nothing if it does not lead to the root.</summary>
    private List<byte[]>? LeavesOf(long number, IssuanceStatement statement)
    {
        if (statement.Size == 1) return [Convert.FromHexString(statement.Root)];
        using var select = connection.Prepare(
            "SELECT piece, hashes FROM tree_piece WHERE issuance = $0 ORDER BY piece", 1);
        using var rows = select.With(number).ExecuteReader();
        var pieces = new List<byte[]>();
        byte[] roots = [];
        while (rows.Read())
        {
            if (rows.GetInt32(0) == TreePieces.Roots) roots = rows.GetFieldValue<byte[]>(1);
            else pieces.Add(rows.GetFieldValue<byte[]>(1));
        }

        List<byte[]> leaves = [.. pieces.SelectMany(piece => piece.Chunk(MerkleTree.HashLength))];
        bool isWhole = leaves.Count == statement.Size && leaves.TrueForAll(leaf => leaf.Length == MerkleTree.HashLength)
            && Convert.ToHexStringLower(MerkleTree.Build(leaves).Root) == statement.Root
            && TreePieces.RootsOf(pieces).AsSpan().SequenceEqual(roots);
        if (isWhole) return leaves;
        add($"The tree of issuance {number} does not lead to its root: it was altered, or part of it is gone.");
        return null;
    }

    private void CheckSeed(
        StoredDocument document, CheckedIssuance issuance, List<byte[]>? leaves,
        Dictionary<long, CredentialTemplate?> templates, long number)
    {
        // While a batch is being built there is no tree yet that it could be held against.
        if (issuance.Statement is not { } statement) return;
        if (!templates.TryGetValue(number, out var template))
            templates[number] = template = TemplateOf(number, statement, issuance.CreatedAt);
        if (template is null) return;
        try
        {
            var seed = CredentialSeed.FromCbor(document.Kept.Bytes);
            if (seed.Id != document.Id)
                add($"The seed of credential {document.Id} says that it is {seed.Id}.");
            byte[] leaf = template.Expand(seed, document.Leaf).LeafHash();
            if (document.Leaf < 0 || document.Leaf >= statement.Size)
                add($"Credential {document.Id} is kept as leaf {document.Leaf} of {statement.Size}.");
            else if (issuance.IsJoint ? !LeadsToRoot(document, statement, leaf)
                : leaves is not null && !leaf.AsSpan().SequenceEqual(leaves[document.Leaf]))
                add($"The document of credential {document.Id} does not lead to its root: it was altered.");
        }
        catch (FormatException)
        {
            add($"The seed of credential {document.Id} cannot be read.");
        }
    }

    /// <summary>Whether the path that a credential keeps leads from its leaf to the root of all.</summary>
    private bool LeadsToRoot(StoredDocument document, IssuanceStatement statement, byte[] leaf)
    {
        using var select = connection.Prepare(
            "SELECT hashes FROM tree_piece WHERE issuance = $0 AND piece = $1", 2);
        return select.With(document.Issuance, TreePieces.PathOf(document.Leaf)).ExecuteScalar() is byte[] path
            && path.Length % MerkleTree.HashLength == 0
            && MerkleProof.Verify(
                Convert.FromHexString(statement.Root), leaf, document.Leaf, statement.Size,
                [.. path.Chunk(MerkleTree.HashLength)]);
    }

    private CredentialTemplate? TemplateOf(long number, IssuanceStatement statement, DateTimeOffset validFrom)
    {
        if (!_templates.TryGetValue(number, out byte[]? shared))
            _templates[number] = shared = ReadTemplate(number);
        if (shared is null) return null;
        try
        {
            return CredentialTemplate.FromShared(shared, statement, validFrom);
        }
        catch (FormatException exception)
        {
            add($"Template {number} cannot be used: {exception.Message}");
            return null;
        }
    }

    private byte[]? ReadTemplate(long number)
    {
        using var select = connection.Prepare("SELECT hash, shared FROM template WHERE number = $0", 1);
        using var rows = select.With(number).ExecuteReader();
        if (!rows.Read())
        {
            add($"Template {number} is gone, which documents are made of.");
            return null;
        }

        try
        {
            byte[] shared = new PackedDocument(rows.GetFieldValue<byte[]>(1)).Unpack();
            byte[] hash = System.Security.Cryptography.SHA256.HashData(shared);
            if (hash.AsSpan().SequenceEqual(rows.GetFieldValue<byte[]>(0)) && DocumentStore.NumberOf(hash) == number)
                return shared;
        }
        catch (InvalidDataException)
        {
            // Told below.
        }

        add($"Template {number} was altered.");
        return null;
    }

    private void CheckWhole(StoredDocument document, CheckedIssuance issuance)
    {
        ReadCredential credential;
        try
        {
            credential = CredentialReader.Read(new PackedDocument(document.Kept.Bytes).Unpack());
        }
        catch (Exception exception)
            when (exception is InvalidDataException or CredentialFormatException or StrictJsonException
                or ArgumentException or OverflowException)
        {
            add($"The document of credential {document.Id} cannot be read.");
            return;
        }

        var anchor = credential.Anchor;
        if (credential.Id != $"urn:uuid:{document.Id}")
            add($"The document of credential {document.Id} says that it is {credential.Id}.");
        if (anchor.Index != document.Leaf)
            add($"Credential {document.Id} is kept as leaf {document.Leaf}, its document says leaf {anchor.Index}.");
        if (issuance.Root is { } root && anchor.Root != root)
            add($"Credential {document.Id} is of the root {root}, and its document says {anchor.Root}.");
        bool isIncluded = MerkleProof.Verify(
            Convert.FromHexString(anchor.Root), credential.LeafHash(), anchor.Index, anchor.Size,
            [.. anchor.Path.Select(Convert.FromHexString)]);
        if (!isIncluded) add($"The document of credential {document.Id} does not lead to its root: it was altered.");
        if (issuance.Statement is { } statement && credential.StatusEntry is { } entry
            && !entry.IsOf(statement, document.Leaf))
            add($"Credential {document.Id} names another place in a status list than its issuance gives it.");
    }
}
