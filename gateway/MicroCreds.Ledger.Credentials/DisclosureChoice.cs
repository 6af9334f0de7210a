using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;

namespace MicroCreds.Ledger.Credentials;

/// <summary>What a learner chooses to show of an SD-JWT: the disclosures, each by its name in the document.</summary>
public static class DisclosureChoice
{
    /// <summary>What a learner may withhold, in the order in which it is asked for.</summary>
    public static readonly IReadOnlyList<string> Names = ["name", "result", "evidence", "identifier", "id"];

    private const int NamePosition = 1;

    /// <summary>Lists what a token discloses.</summary>
    /// <param name="token">An SD-JWT as <see cref="CredentialFormWriter.WriteSdJwtAsync"/> writes it.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<string> List(ReadOnlySpan<byte> token)
    {
        var names = new List<string>();
        foreach (byte[] disclosure in Split(token).Skip(1)) names.Add(NameOf(disclosure));
        return names;
    }

    /// <summary>Takes away what is not to be shown.</summary>
    /// <param name="token">An SD-JWT as <see cref="CredentialFormWriter.WriteSdJwtAsync"/> writes it.</param>
    /// <param name="shown">The names of what is.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static byte[] Keep(ReadOnlySpan<byte> token, IReadOnlyCollection<string> shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        var parts = Split(token);
        var kept = new List<byte>(parts[0]) { CredentialForms.DisclosureSeparator };
        foreach (byte[] disclosure in parts.Skip(1).Where(one => shown.Contains(NameOf(one))))
        {
            kept.AddRange(disclosure);
            kept.Add(CredentialForms.DisclosureSeparator);
        }

        return [.. kept];
    }

    // The token, and each disclosure behind it.
    private static List<byte[]> Split(ReadOnlySpan<byte> token)
    {
        if (token.Length == 0 || token[^1] != CredentialForms.DisclosureSeparator)
            throw new FormatException("An SD-JWT ends with a tilde.");
        var parts = new List<byte[]>();
        foreach (var range in token[..^1].Split(CredentialForms.DisclosureSeparator))
            parts.Add(token[range].ToArray());
        return parts;
    }

    private static string NameOf(byte[] disclosure)
    {
        if (!StrictBase64Url.TryDecode(disclosure, out byte[] json))
            throw new FormatException("A disclosure is base64url.");
        try
        {
            using var list = JsonDocument.Parse(json);
            return list.RootElement[NamePosition].GetString()!;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException
            or IndexOutOfRangeException)
        {
            throw new FormatException("A disclosure is a list of a salt, a name and a value.", exception);
        }
    }
}
