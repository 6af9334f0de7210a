using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>What is asked of a wallet, and what else counts for whoever asks: DCQL knows no "at least".</summary>
/// <param name="Query">The query, as wallets get it.</param>
/// <param name="MinEqfLevel">The lowest level of the EQF, if one counts.</param>
/// <param name="MinCredits">The fewest ECTS credits of one credential, if they count.</param>
internal sealed record PresentationTerms(JsonObject Query, int? MinEqfLevel, double? MinCredits)
{
    private const string QueryMember = "query";
    private const string LevelMember = "minEqfLevel";
    private const string CreditsMember = "minCredits";

    /// <summary>The query, as it is judged by.</summary>
    public DcqlQuery Dcql
    {
        get
        {
            using var document = JsonDocument.Parse(Query.ToJsonString());
            return DcqlQuery.Read(document.RootElement.Clone());
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static PresentationTerms Parse(string text)
    {
        var stored = JsonNode.Parse(text)!.AsObject();
        return new PresentationTerms(
            stored[QueryMember]!.DeepClone().AsObject(), (int?)stored[LevelMember], (double?)stored[CreditsMember]);
    }

    /// <summary>Writes it for the store.</summary>
    public string Write() => new JsonObject
    {
        [QueryMember] = Query.DeepClone(),
        [LevelMember] = MinEqfLevel,
        [CreditsMember] = MinCredits,
    }.ToJsonString();

    /// <summary>The codes of what a credential does not meet of what else counts.</summary>
    public IReadOnlyList<string> UnmetBy(CredentialContent content)
    {
        var unmet = new List<string>();
        if (MinEqfLevel is { } level
            && !(int.TryParse(content.EqfLevel, NumberStyles.None, CultureInfo.InvariantCulture, out int has)
                && has >= level))
            unmet.Add(LevelMember);
        if (MinCredits is { } credits
            && !(content.CreditSystem == CredentialContent.Ects && content.Credits >= credits))
            unmet.Add(CreditsMember);
        return unmet;
    }
}
