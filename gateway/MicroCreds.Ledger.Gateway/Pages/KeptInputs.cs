using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// What the page itself keeps of several things that were verified, so that one can be opened, or the language
/// switched: nothing is kept here.
/// </summary>
internal static class KeptInputs
{
    /// <summary>The largest thing that is kept, in bytes: an ordinary credential many times over.</summary>
    private const int MaxBytes = 64 * 1024;

    // Every quotation mark in six letters would be too much for the page; what shows it escapes what it must.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes them.</summary>
    public static string Write(IEnumerable<VerifyInput> inputs) => JsonSerializer.Serialize(
        inputs.Select(input => new Kept(
            input.Name, input.Link ?? TextOf(input.Document), input.Refusal, input.About)),
        Options);

    /// <summary>Reads them again.</summary>
    /// <param name="text">What the page kept; anybody may have changed it.</param>
    /// <param name="readAsync">What reads a text.</param>
    /// <param name="words">What knows the refusals that there are.</param>
    public static async Task<IReadOnlyList<VerifyInput>> ReadAsync(
        string text, Func<string, ValueTask<VerifyInput>> readAsync, PageText words)
    {
        var inputs = new List<VerifyInput>();
        foreach (var kept in Parse(text).Take(VerifyPage.MaxItems + 1))
        {
            bool isRefused = kept.Refusal is { } refusal && words.Find($"refusal.{refusal}Next") is not null;
            var input = isRefused ? VerifyInput.Refused(kept.Refusal!, kept.About ?? "")
                : kept.Text is { } said ? await readAsync(said)
                : VerifyInput.Refused("notKept");
            inputs.Add(input with { Name = kept.Name });
        }

        return inputs;
    }

    private static IEnumerable<Kept> Parse(string text)
    {
        try
        {
            return (JsonSerializer.Deserialize<Kept?[]>(text, Options) ?? []).OfType<Kept>();
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string? TextOf(byte[]? document) =>
        document is { Length: <= MaxBytes } && Utf8.IsValid(document) ? Encoding.UTF8.GetString(document) : null;

    /// <summary>One of them.</summary>
    private sealed record Kept(string? Name, string? Text, string? Refusal, string? About);
}
