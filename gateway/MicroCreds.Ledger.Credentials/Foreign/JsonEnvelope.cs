using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Shapes;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Opens JSON that other programs put around credentials: answers of interfaces, lists, presentations, and W3C's
/// enveloped credentials. What is a credential itself is never opened, but for those that are made to hold others: what
/// it holds is what it speaks of.
/// </summary>
internal static class JsonEnvelope
{
    private const string EnvelopedType = "EnvelopedVerifiableCredential";
    private const string EnvelopedPresentation = "EnvelopedVerifiablePresentation";
    private const string PresentationType = "VerifiablePresentation";

    /// <summary>What a wallet answers with (OpenID4VP): one presentation, or some for each query by its own name.
    /// </summary>
    private const string Answer = "vp_token";

    // What interfaces, wallets and storages call it.
    private static readonly string[] Names =
    [
        "credential", "credentials", "verifiableCredential", "verifiableCredentials", "signedCredential", "vc", "vcs",
        "verifiablePresentation", "presentation", "vp", Answer, "document", "data", "jwt", "token", "payload",
        "result", "items", "response", "body", "content", "attachment", "file",
    ];

    /// <summary>Gives what lies within; nothing of what is no envelope.</summary>
    public static IReadOnlyList<Inside> Open(JsonElement root)
    {
        switch (root.ValueKind)
        {
            case JsonValueKind.String:
                return BytesOf(root, Wrapping.Envelope) is { } text ? [text] : [];
            case JsonValueKind.Array:
                return ForeignJson.IsRecognized(root) ? [] : Items(root, Wrapping.Envelope);
            case JsonValueKind.Object when OwnMark.IsOn(root) || ProvenCredential.IsOn(root):
                return [];
            case JsonValueKind.Object:
                if (HasType(root, EnvelopedType) || HasType(root, EnvelopedPresentation))
                    return Member(root, "id", Wrapping.DataAddress);
                if (HasType(root, PresentationType)) return Member(root, "verifiableCredential", Wrapping.Presentation);
                if (SignedPayload(root) is { } payload) return [payload];
                if (OpenRecord(root) is { Count: > 0 } held) return held;
                if (ForeignJson.IsRecognized(root)) return [];
                return [.. Names.SelectMany(name => Named(root, name))];
            default:
                return [];
        }
    }

    /// <summary>Gives the credentials of a presentation or record that a token holds; else nothing.</summary>
    public static IReadOnlyList<Inside> OpenToken(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object || OwnMark.IsOn(payload)) return [];
        if (OpenRecord(payload.TryGetProperty("vc", out var credential) ? credential : payload) is { Count: > 0 } held)
            return held;
        var presentation = payload.TryGetProperty("vp", out var claim) ? claim : payload;
        return presentation.ValueKind == JsonValueKind.Object && HasType(presentation, PresentationType)
            ? Member(presentation, "verifiableCredential", Wrapping.Presentation)
            : [];
    }

    /// <summary>Gives what lies in a learner record (CLR 2.0), or is attached to a European credential.</summary>
    private static IReadOnlyList<Inside> OpenRecord(JsonElement root)
    {
        if (HasType(root, LearnerRecord.DocumentType)
            && root.TryGetProperty(LearnerRecord.SubjectMember, out var subject)
            && subject.ValueKind == JsonValueKind.Object)
            return Member(subject, LearnerRecord.CredentialsMember, Wrapping.Record);
        if (!HasType(root, EuropeanCredential.DocumentType)
            || !root.TryGetProperty(EuropeanCredential.AttachmentMember, out var attached))
            return [];
        return attached.ValueKind == JsonValueKind.Array
            ? [.. attached.EnumerateArray().SelectMany(one => Content(one)).Take(Unwrapping.MaxPieces + 1)]
            : Content(attached);
    }

    private static IReadOnlyList<Inside> Content(JsonElement media) =>
        media.ValueKind == JsonValueKind.Object ? Member(media, "content", Wrapping.Record) : [];

    /// <summary>Tells whether an object is of a type, in the singular or among several.</summary>
    public static bool HasType(JsonElement root, string type)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !(root.TryGetProperty("type", out var types) || root.TryGetProperty("@type", out types)))
            return false;
        return IsOrHolds(types, type);
    }

    /// <summary>Tells whether a value is a text, or a list with it.</summary>
    public static bool IsOrHolds(JsonElement value, string text) => value.ValueKind switch
    {
        JsonValueKind.String => value.ValueEquals(text),
        JsonValueKind.Array => value.EnumerateArray()
            .Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(text)),
        _ => false,
    };

    /// <summary>The payload of a JSON serialization of JWS (RFC 7515, 7.2), which seals of the EU are.</summary>
    private static Inside? SignedPayload(JsonElement root) =>
        root.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.String
        && (root.TryGetProperty("signatures", out _) || root.TryGetProperty("protected", out _))
        && Base64Text.Decode(payload.GetString()!, minLength: 1) is { } bytes
            ? new Inside(Wrapping.Envelope, bytes)
            : null;

    private static IReadOnlyList<Inside> Named(JsonElement root, string name) =>
        name == Answer && root.TryGetProperty(name, out var answers) && answers.ValueKind == JsonValueKind.Object
        && !HasType(answers, PresentationType)
            ? [
                .. answers.EnumerateObject().SelectMany(answer => Values(answer.Value, Wrapping.Envelope))
                    .Take(Unwrapping.MaxPieces + 1),
            ]
            : Member(root, name, Wrapping.Envelope);

    private static IReadOnlyList<Inside> Member(JsonElement root, string name, Wrapping wrapping) =>
        root.TryGetProperty(name, out var value) ? Values(value, wrapping) : [];

    private static IReadOnlyList<Inside> Values(JsonElement value, Wrapping wrapping) =>
        value.ValueKind == JsonValueKind.Array
            ? Items(value, wrapping)
            : BytesOf(value, wrapping) is { } one ? [one] : [];

    // One more than are looked at: that there are more is told.
    private static IReadOnlyList<Inside> Items(JsonElement list, Wrapping wrapping) =>
    [
        .. list.EnumerateArray().Select(item => BytesOf(item, wrapping)).OfType<Inside>()
            .Take(Unwrapping.MaxPieces + 1),
    ];

    private static Inside? BytesOf(JsonElement value, Wrapping wrapping) => value.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array => new Inside(wrapping, Encoding.UTF8.GetBytes(value.GetRawText())),
        JsonValueKind.String when value.GetString() is { Length: > 0 } text =>
            new Inside(wrapping, Encoding.UTF8.GetBytes(text)),
        _ => null,
    };

    /// <summary>What lies within an envelope.</summary>
    /// <param name="Wrapping">The envelope.</param>
    /// <param name="Bytes">What is within.</param>
    internal sealed record Inside(Wrapping Wrapping, byte[] Bytes);
}
