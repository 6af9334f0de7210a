using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// A wallet's <c>vp_token</c>: presentations by the ids of the queries that they answer. Personal: never log it.
/// </summary>
/// <param name="All">Each with its query's id, in their order.</param>
internal sealed record PresentedTokens(IReadOnlyList<PresentedToken> All)
{
    /// <summary>The most presentations that are taken at once.</summary>
    private const int MaxPresentations = 20;

    /// <summary>The longest presentation, in characters.</summary>
    private const int MaxLength = 128 * 1024;

    /// <summary>Reads them.</summary>
    /// <exception cref="ProtocolFault">It is no such token.</exception>
    public static PresentedTokens Read(JsonElement token)
    {
        if (token.ValueKind != JsonValueKind.Object)
            throw Fault("vp_token must be an object that has lists of presentations by the ids of the queries.");
        var all = new List<PresentedToken>();
        foreach (var member in token.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Array || member.Value.GetArrayLength() == 0)
                throw Fault($"vp_token must have a list with at least one presentation in {member.Name}.");
            foreach (var one in member.Value.EnumerateArray())
            {
                string text = one.ValueKind switch
                {
                    JsonValueKind.String => one.GetString()!,
                    JsonValueKind.Object => one.GetRawText(),
                    _ => throw Fault($"vp_token must have texts or objects alone in {member.Name}."),
                };
                if (text.Length > MaxLength) throw Fault($"A presentation is longer than {MaxLength} characters.");
                all.Add(new PresentedToken(member.Name, text));
                if (all.Count > MaxPresentations) throw Fault($"At most {MaxPresentations} presentations are taken.");
            }
        }

        return new PresentedTokens(all);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static PresentedTokens Read(byte[] stored)
    {
        using var document = JsonDocument.Parse(stored);
        return new PresentedTokens(
            [.. document.RootElement.EnumerateArray().Select(one => new PresentedToken(
                one[0].GetString()!, one[1].GetString()!))]);
    }

    /// <summary>Writes them for the store.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        All.Select(one => (string[])[one.QueryId, one.Text]), LedgerJson.Options);

    private static ProtocolFault Fault(string description) => new(ProtocolFault.InvalidRequest, description);
}

/// <summary>One presentation.</summary>
/// <param name="QueryId">The id of the query that it answers.</param>
/// <param name="Text">The token, or the document.</param>
internal sealed record PresentedToken(string QueryId, string Text)
{
    /// <summary>Its bytes.</summary>
    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);
}
