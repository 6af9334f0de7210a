using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>A learner's file as it is brought along: one credential in any form, or a set of them.</summary>
public static class CredentialFile
{
    /// <summary>The most credentials of one file.</summary>
    public const int MaxCredentials = 500;

    /// <summary>The largest file.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const string Set = "credentials";

    /// <summary>A body that is a set is taken apart; anything else is one credential.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(byte[] body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (body.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
            return [body];
        using var document = StrictJson.Parse(body);
        if (!document.RootElement.TryGetProperty(Set, out var set))
            return [body];
        if (set.ValueKind != JsonValueKind.Array || set.GetArrayLength() is 0 or > MaxCredentials)
            throw ProblemException.Invalid("/" + Set, $"must be a list of 1 to {MaxCredentials} credentials.");
        return
        [
            .. set.EnumerateArray().Select(one => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(
                one.ValueKind == JsonValueKind.String ? one.GetString()! : one.GetRawText())),
        ];
    }
}
