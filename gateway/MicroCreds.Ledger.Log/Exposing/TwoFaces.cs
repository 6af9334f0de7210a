using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Exposing;

/// <summary>
/// Two heads of a log that one key signed and that cannot both be so, for anybody to see: nothing else is needed, and
/// nobody asked. Nothing counts before <see cref="Judge()"/>.
/// </summary>
public sealed record TwoFaces
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "TwoFaces";

    /// <summary>What such files' names end in.</summary>
    public const string Extension = ".two-faces.json";

    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.microcreds.two-faces+json";

    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Tells such a file from others.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The verifier key that signed both, <c>name+id+key</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The head that was signed first, with this key's signature (C2SP signed-note).</summary>
    public required string First { get; init; }

    /// <summary>The head that was signed later.</summary>
    public required string Second { get; init; }

    /// <summary>A leaf that is another one in each; absent where the heads contradict each other alone.</summary>
    public TwoLeaves? Leaves { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="StrictJsonException">It is none; the message says what is wrong and where.</exception>
    public static TwoFaces Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw new StrictJsonException("", $"It has {utf8.Length} bytes; at most {MaxBytes} are read.");
        var faces = LedgerJson.Deserialize<TwoFaces>(utf8);
        return faces.Type == TypeName ? faces : throw new StrictJsonException("/type", $"It must be {TypeName}.");
    }

    /// <summary>Finds what a key signed that contradicts itself, by two heads alone.</summary>
    /// <param name="key">The key.</param>
    /// <param name="one">A head that it signed.</param>
    /// <param name="other">Another one.</param>
    /// <returns>None if the heads do not contradict each other by themselves.</returns>
    public static TwoFaces? Find(NoteKey key, SignedNote one, SignedNote other) =>
        ProvenOrNone(Of(key, one, other, leaves: null));

    /// <summary>Likewise, by a leaf that is another one in each; the heads alone are asked first.</summary>
    /// <param name="key">The key.</param>
    /// <param name="one">A head that it signed.</param>
    /// <param name="oneLeaf">The leaf in that.</param>
    /// <param name="other">Another head.</param>
    /// <param name="otherLeaf">The leaf in the other.</param>
    /// <param name="index">The leaf's number.</param>
    public static TwoFaces? Find(
        NoteKey key, SignedNote one, LeafPlace oneLeaf, SignedNote other, LeafPlace otherLeaf, long index) =>
        Find(key, one, other) ?? ProvenOrNone(Of(key, one, other, new TwoLeaves(index, oneLeaf, otherLeaf)));

    /// <summary>Judges whether both cannot be so. Never throws for what came from outside.</summary>
    public FacesFinding Judge()
    {
        try
        {
            var key = NoteKey.Parse(Key);
            var (first, firstAt) = Open(First, key);
            var (second, secondAt) = Open(Second, key);
            return first.Origin != second.Origin
                ? FacesFinding.None("The heads are of two logs.")
                : Judge(key, new Face(first, firstAt), new Face(second, secondAt));
        }
        catch (FormatException e)
        {
            return FacesFinding.None(e.Message);
        }
    }

    private FacesFinding Judge(NoteKey key, Face first, Face second)
    {
        var found = new FacesFinding
        {
            Key = key,
            Ledger = first.Head.Origin,
            Member = MemberOf(key, first.Head.Origin),
            Detail = "",
        };
        string heads = $"{first} and {second}";
        if (first.Head.Size == second.Head.Size
            && (!first.Head.Root.Span.SequenceEqual(second.Head.Root.Span)
                || (key.CoversLines && (LogHead.SaysOtherwise(first.Head, second.Head)
                    || (found.Member is not null && !first.Head.Extensions.SequenceEqual(second.Head.Extensions))))))
        {
            return found with
            {
                Kind = FacesKind.SameSize,
                Detail = $"It signed two heads of one size that are not the same: {heads}.",
            };
        }

        if (first.Head.Size > second.Head.Size && first.SignedAt < second.SignedAt)
        {
            return found with
            {
                Kind = FacesKind.Shorter,
                Detail = $"It signed a head as the newest, and later a smaller one; no log shrinks: {heads}.",
            };
        }

        if (Leaves is null) return found with { Detail = $"The heads do not contradict each other: {heads}." };
        return Leaves.Index < Math.Min(first.Head.Size, second.Head.Size)
            && Leaves.First.IsIn(first.Head, Leaves.Index) && Leaves.Second.IsIn(second.Head, Leaves.Index)
            && Leaves.First.Hash != Leaves.Second.Hash
            ? found with
            {
                Kind = FacesKind.OtherLeaf,
                Detail = string.Create(
                    CultureInfo.InvariantCulture,
                    $"It signed two heads in which leaf {Leaves.Index} is another one, though no leaf ever changes: "
                    + $"{heads}."),
            }
            : found with { Detail = $"The leaf does not lie in both heads, or is the same in both: {heads}." };
    }

    private static TwoFaces Of(NoteKey key, SignedNote one, SignedNote other, TwoLeaves? leaves)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        bool isInOrder = !(one.SignedAt(key) > other.SignedAt(key));
        var (first, second) = isInOrder ? (one, other) : (other, one);
        return new TwoFaces
        {
            Key = key.ToString(),
            First = Of(key, first),
            Second = Of(key, second),
            Leaves = isInOrder ? leaves : leaves?.Turned(),
        };
    }

    /// <summary>The head with the newest signature of the key alone.</summary>
    private static string Of(NoteKey key, SignedNote note)
    {
        var newest = note.SignedAt(key);
        bool IsNewest(NoteSignature one) => one.KeyId == key.Id && one.Name == key.Name
            && key.Verify(note.Text, one.Bytes.Span, out var time) && time == newest;
        return new SignedNote(note.Text, [.. note.Signatures.Where(IsNewest).Take(1)]).ToString();
    }

    private static TwoFaces? ProvenOrNone(TwoFaces faces) => faces.Judge().IsProven ? faces : null;

    private static (LogHead Head, DateTimeOffset? SignedAt) Open(string text, NoteKey key)
    {
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(text));
        return note.TryOpen([key], out _, out string? fault)
            ? (LogHead.Parse(note.Text), note.SignedAt(key))
            : throw new FormatException(fault);
    }

    private static string? MemberOf(NoteKey key, string ledger)
    {
        string mspId = Uri.UnescapeDataString(key.Name.Split('/')[0]);
        return MemberCosigner.NameOf(ledger, mspId) == key.Name ? mspId : null;
    }

    private sealed record Face(LogHead Head, DateTimeOffset? SignedAt)
    {
        public override string ToString()
        {
            string when = SignedAt is { } at
                ? at.ToString(" 'at' yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";
            string root = Convert.ToBase64String(Head.Root.Span);
            return string.Create(CultureInfo.InvariantCulture, $"{Head.Size} leaves, root {root}{when}");
        }
    }
}

/// <summary>A leaf that is another one in two heads.</summary>
/// <param name="Index">Its number.</param>
/// <param name="First">The leaf in the first head.</param>
/// <param name="Second">The leaf in the second head.</param>
public sealed record TwoLeaves(long Index, LeafPlace First, LeafPlace Second)
{
    internal TwoLeaves Turned() => new(Index, Second, First);
}

/// <summary>A leaf of a head: its hash, and the path to the head's root.</summary>
/// <param name="Hash">The leaf's hash, base64.</param>
/// <param name="Path">The path, the sibling first, base64 each.</param>
public sealed record LeafPlace(string Hash, IReadOnlyList<string> Path)
{
    /// <summary>Finds a leaf in a tree.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    /// <exception cref="InvalidDataException">A tile is shorter than it must be.</exception>
    public static LeafPlace Of(TiledTree tree, long index)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return new LeafPlace(
            Convert.ToBase64String(tree.Leaf(index)),
            [.. tree.InclusionProof(index).Select(Convert.ToBase64String)]);
    }

    /// <summary>Tells whether the leaf lies in a head. Never throws for what came from outside.</summary>
    public bool IsIn(LogHead head, long index)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (Path is null || Path.Count > LogProofs.MaxHashes || !NoteBase64.TryDecodeHash(Hash ?? "", out byte[] hash))
            return false;
        var path = new List<byte[]>();
        foreach (string one in Path)
        {
            if (!NoteBase64.TryDecodeHash(one ?? "", out byte[] sibling)) return false;
            path.Add(sibling);
        }

        return MerkleProof.Verify(head.Root.Span, hash, index, head.Size, path);
    }
}
