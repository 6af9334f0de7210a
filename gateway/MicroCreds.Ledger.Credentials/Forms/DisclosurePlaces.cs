using System.Runtime.InteropServices;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Where an SD-JWT has digests, and what was disclosed for them.</summary>
internal sealed class DisclosurePlaces(FaultCollector faults)
{
    /// <summary>The path of the disclosures' faults.</summary>
    public const string Path = "disclosures";

    /// <summary>The most disclosures that are read; our credentials have five at most.</summary>
    public const int MaxDisclosures = 32;

    /// <summary>What RFC 9901 puts in place of a list's element; our credentials have none.</summary>
    internal const string ElementDigest = "...";

    private const int Parts = 3;

    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Name, byte[] Value)> _opened = [];
    private int _count;

    /// <summary>Takes up the digests of an object, and notes those that stand where there must be none.</summary>
    public void Add(string path, JsonElement holder)
    {
        if (!holder.TryGetProperty(SealedCredential.DigestsMember, out var digests)
            || digests.ValueKind != JsonValueKind.Array)
        {
            faults.Add($"{path}/{SealedCredential.DigestsMember}", "It must be a list of digests.");
            return;
        }

        foreach (var digest in digests.EnumerateArray())
        {
            if (digest.ValueKind != JsonValueKind.String || !_paths.TryAdd(digest.GetString()!, path))
                faults.Add($"{path}/{SealedCredential.DigestsMember}", "It must hold texts, and each only once.");
        }

        foreach (var member in holder.EnumerateObject())
        {
            if (member.Name == ElementDigest || IsHiding(member))
                faults.Add(path, "Digests stand only in the credential itself and in its subject.");
        }

        bool IsHiding(JsonProperty member) => member.Name != SealedCredential.DigestsMember
            && !(path.Length == 0 && member.Name == SealedCredential.SubjectMember) && HasDigests(member.Value);
    }

    /// <summary>Opens a disclosure: one that no digest stands for, or that stands here twice, is a fault.</summary>
    public void Open(ReadOnlySpan<byte> disclosure)
    {
        string at = $"{Path}/{_count++}";
        if (!_paths.Remove(SealedCredential.DigestOf(disclosure), out string? path))
        {
            faults.Add(at, "It is not of this credential, or stands here twice: no digest is left for it.");
            return;
        }

        if (Read(disclosure) is not var (name, value))
        {
            faults.Add(at, "It must be a list of a salt, a name and a value, as strict JSON in base64url.");
            return;
        }

        bool isPlaced = path.Length == 0
            ? name == SealedCredential.EvidenceMember
            : SealedCredential.IsSubjectSealed(name);
        if (!isPlaced || name is SealedCredential.DigestsMember or ElementDigest
            || _opened.Exists(other => other.Path == path && other.Name == name))
        {
            faults.Add(at, "It discloses what cannot be withheld there, and would change what stands in the open.");
            return;
        }

        _opened.Add((path, name, value));
    }

    /// <summary>Gives an object with what was disclosed of it.</summary>
    public CanonicalObject Apply(string path, CanonicalObject holder) =>
        _opened.Where(opened => opened.Path == path)
            .Aggregate(holder, (result, opened) => result.With(opened.Name, opened.Value));

    private static (string Name, byte[] Value)? Read(ReadOnlySpan<byte> disclosure)
    {
        if (!StrictBase64Url.TryDecode(disclosure, out byte[] json)) return null;
        try
        {
            using var document = StrictJson.Parse(json);
            var list = document.RootElement;
            return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == Parts
                && list[0].ValueKind == JsonValueKind.String && list[1].ValueKind == JsonValueKind.String
                && !HasDigests(list[2])
                ? (list[1].GetString()!, CanonicalJson.Canonicalize(list[2]))
                : null;
        }
        catch (Exception e) when (e is StrictJsonException or FormatException)
        {
            return null;
        }
    }

    // Almost nothing has them, and that is seen from the text: without an escape, no other spelling is possible.
    private static bool HasDigests(JsonElement value)
    {
        var text = JsonMarshal.GetRawUtf8Value(value);
        return (text.IndexOf("_sd"u8) >= 0 || text.IndexOf("..."u8) >= 0 || text.Contains((byte)'\\'))
            && NamesDigests(value);
    }

    private static bool NamesDigests(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(member =>
            member.Name is SealedCredential.DigestsMember or ElementDigest || NamesDigests(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(NamesDigests),
        _ => false,
    };
}
