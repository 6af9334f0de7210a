using System.Globalization;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// What the members make of a credential, apart from the verdict: whether it is good, and whether it counts somewhere,
/// are two questions.
/// </summary>
/// <param name="text">The language.</param>
/// <param name="report">What they recognize.</param>
/// <param name="institutions">The members' names.</param>
internal sealed class RecognitionView(
    PageText text, RecognitionReport report, IReadOnlyDictionary<string, Institution> institutions)
{
    public Html Render()
    {
        var answers = report.Items[0].Recognitions.Where(answer => answer.Code != RecognitionCode.OwnAward).ToList();
        return answers.Count == 0 ? Html.None : $"""
            <section id="recognition" aria-labelledby="recognition-title">
            <h3 id="recognition-title">{text["recognition.title"]}</h3>
            <dl>{answers.OrderByDescending(answer => answer.Recognized).Select(Row)}</dl>
            <p class="note">{text["recognition.note"]}</p>
            </section>
            """;
    }

    private Html Row(RecognitionAnswer answer) => $"""
        <div><dt>{institutions.GetValueOrDefault(answer.Institution)?.Name ?? answer.Institution}</dt>
        <dd>{(answer.Recognized ? Recognized(answer) : Refused(answer))}</dd></div>
        """;

    private Html Recognized(RecognitionAnswer answer) => $"""
        <strong>{text.Fill("recognition.recognized", ("credits", text.Number(answer.Credits ?? 0)))}</strong>
        {text.Fill(
            "recognition.under", ("agreement", answer.Agreement ?? ""),
            ("version", (answer.Version ?? 1).ToString(CultureInfo.InvariantCulture)))}
        """;

    private Html Refused(RecognitionAnswer answer) => $"""{text.NameOf("recognition", answer.Code)}""";
}
