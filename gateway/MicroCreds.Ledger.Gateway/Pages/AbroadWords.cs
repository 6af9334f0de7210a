using System.Globalization;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>By whose word a credential of another consortium was verified, and as of when, in one language.</summary>
/// <param name="text">The language.</param>
/// <param name="word">By whose word.</param>
public sealed class AbroadWords(PageText text, AbroadWord word)
{
    private const int MinutesAnHour = 60;
    private const int MinutesADay = 24 * MinutesAnHour;

    /// <summary>Members and witnesses by whose word it is; empty if too few said it.</summary>
    public string Names => string.Join(
        ", ", word.Members.Concat(word.Witnesses.Select(name => text.Fill("abroad.witness", ("name", name)))));

    /// <summary>As of when it is so; empty if that is not proven.</summary>
    public string AsOf => word.AsOf is { } asOf ? text.Time(asOf) : "";

    /// <summary>How old a proof may be by the agreement.</summary>
    public string Limit => word.MaxHeadAgeMinutes switch
    {
        var minutes when minutes % MinutesADay == 0 => Span("days", minutes / MinutesADay),
        var minutes when minutes % MinutesAnHour == 0 => Span("hours", minutes / MinutesAnHour),
        var minutes => Span("minutes", minutes),
    };

    /// <summary>Where a fresh proof is handed out.</summary>
    public string Source => word.ProofAddress ?? text.Fill("abroad.anyGateway", ("consortium", word.Name));

    /// <summary>The agreement, with its version.</summary>
    public string Agreement => text.Fill(
        "abroad.version", ("agreement", word.Agreement),
        ("version", word.Version.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Adds what texts of codes are filled in with.</summary>
    public void AddTo(Dictionary<string, string> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        facts["consortium"] = word.Name;
        facts["agreement"] = Agreement;
        facts["words"] = Names;
        facts["limit"] = Limit;
        facts["source"] = Source;

        // Where too few signed it is not known as of when, and no text says it.
        if (word.AsOf is not null) facts["asOf"] = AsOf;
    }

    private string Span(string unit, int count) => text.Fill($"abroad.{unit}", ("count", text.Whole(count)));
}
