using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Why the contract refused a transaction; its JSON is the message of the chaincode's error response.
/// </summary>
/// <param name="Code">What it is, for programs: one of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What it is, where, and the mend, for people.</param>
/// <param name="Field">The place in the transaction's argument as a JSON pointer, if it is about one.</param>
public sealed record LedgerError(string Code, string Message, string? Field = null)
{
    private const string Start = "{\"code\":";

    /// <summary>Returns the error as JSON, its code first.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LedgerJson.Options);

    /// <summary>
    /// Finds an error of the contract in a message that a peer may have put words around, such as
    /// <c>chaincode response 500, {"code":…}</c>.
    /// </summary>
    public static bool TryFind(string? message, [NotNullWhen(true)] out LedgerError? error)
    {
        error = null;
        int start = message?.IndexOf(Start, StringComparison.Ordinal) ?? -1;
        if (start < 0) return false;

        try
        {
            // Only the first: a message and its details may both hold it.
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(message![start..]));
            using var document = JsonDocument.ParseValue(ref reader);
            error = LedgerJson.Deserialize<LedgerError>(document.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or StrictJsonException)
        {
            // A text of someone else's that happens to begin alike is not an error of ours.
            return false;
        }
    }
}
