using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Whether what somebody else's SD-JWT discloses is what its issuer signed: each disclosure has its one digest, in the
/// payload or in another disclosure (RFC 9901, 7.1).
/// </summary>
internal sealed class ForeignDisclosures
{
    private const int PartsOfMember = 3;
    private const int PartsOfElement = 2;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _left = new(StringComparer.Ordinal);
    private readonly HashSet<string> _met = new(StringComparer.Ordinal);

    // No recursion from disclosure to disclosure: how many lie in each other their sender says.
    private readonly Queue<JsonElement> _open = new();
    private string? _fault;

    private ForeignDisclosures()
    {
    }

    /// <summary>Tells what is wrong with the disclosures, as a sentence; nothing if they are what was signed.</summary>
    /// <param name="payload">The token's payload.</param>
    /// <param name="disclosures">The disclosures, as the token has them.</param>
    /// <exception cref="ForeignSignatureException">Their digests are made by a method that is not known here.
    /// </exception>
    public static string? FaultOf(JsonElement payload, IReadOnlyList<ReadOnlyMemory<byte>> disclosures)
    {
        var check = new ForeignDisclosures();
        var hash = HashOf(payload);
        foreach (var disclosure in disclosures)
        {
            if (!check._left.TryAdd(Base64Url.EncodeToString(hash(disclosure.Span)), disclosure))
                return "It discloses something twice.";
        }

        check._open.Enqueue(payload);
        while (check._fault is null && check._open.TryDequeue(out var next)) check.Walk(next);
        return check._fault ?? (check._left.Count > 0 ? "It discloses something that its issuer did not sign." : null);
    }

    private static Func<ReadOnlySpan<byte>, byte[]> HashOf(JsonElement payload)
    {
        string? named = payload.ValueKind == JsonValueKind.Object
            && payload.TryGetProperty(TokenClaims.DigestAlgorithmMember, out var value)
                ? value.ValueKind == JsonValueKind.String ? value.GetString() : ""
                : TokenClaims.DigestAlgorithm;
        return named switch
        {
            TokenClaims.DigestAlgorithm => SHA256.HashData,
            "sha-384" => SHA384.HashData,
            "sha-512" => SHA512.HashData,
            _ => throw new ForeignSignatureException(
                ForeignSignatureCodes.MethodUnknown, "Its disclosures are bound by a method that is not known here."),
        };
    }

    private void Walk(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray()) WalkElement(element);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                if (member.Name == SealedCredential.DigestsMember) OpenMembers(value, member.Value);
                else if (member.Name == DisclosurePlaces.ElementDigest) _fault ??= "A digest stands where none may.";
                else Walk(member.Value);
            }
        }
    }

    private void WalkElement(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty(DisclosurePlaces.ElementDigest, out var digest))
        {
            Walk(element);
            return;
        }

        if (element.EnumerateObject().Skip(1).Any()) _fault ??= "A digest stands where none may.";
        else if (Take(digest, PartsOfElement) is { } parts) _open.Enqueue(parts[1]);
    }

    private void OpenMembers(JsonElement holder, JsonElement digests)
    {
        if (digests.ValueKind != JsonValueKind.Array)
        {
            _fault ??= "Its digests are no list.";
            return;
        }

        var names = holder.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var digest in digests.EnumerateArray())
        {
            if (Take(digest, PartsOfMember) is not { } parts) continue;
            string? name = parts[1].ValueKind == JsonValueKind.String ? parts[1].GetString() : null;
            if (name is null or SealedCredential.DigestsMember or DisclosurePlaces.ElementDigest || !names.Add(name))
                _fault ??= "It discloses what cannot be withheld there, or stands there already.";
            _open.Enqueue(parts[2]);
        }
    }

    /// <summary>Takes up a digest; gives the parts of what is disclosed for it, and nothing if nothing is.</summary>
    private JsonElement? Take(JsonElement digest, int parts)
    {
        if (digest.ValueKind != JsonValueKind.String || !_met.Add(digest.GetString()!))
        {
            _fault ??= "A digest of it is none, or stands there twice.";
            return null;
        }

        if (!_left.Remove(digest.GetString()!, out var disclosure)) return null;
        if (Read(disclosure) is { } list && list.GetArrayLength() == parts) return list;
        _fault ??= "It discloses something in a form that no disclosure has.";
        return null;
    }

    private static JsonElement? Read(ReadOnlyMemory<byte> disclosure)
    {
        if (!StrictBase64Url.TryDecode(disclosure.Span, out byte[] json)) return null;
        try
        {
            using var document = StrictJson.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.Clone() : null;
        }
        catch (StrictJsonException)
        {
            return null;
        }
    }
}
