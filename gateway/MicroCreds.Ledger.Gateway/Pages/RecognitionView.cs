using System.Globalization;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// What the members make of a credential, apart from the verdict: whether it is good, and whether it counts somewhere,
/// are two questions.
/// </summary>
/// <param name="text">The language.</param>
/// <param name="report">What they recognize.</param>
/// <param name="ledger">The members' and the agreements' names.</param>
/// <param name="records">The achievements' titles.</param>
internal sealed class RecognitionView(
    PageText text, RecognitionReport report, LedgerProjection ledger, ProjectedRecords records)
{
    public Html Render()
    {
        var answers = report.Items[0].Recognitions.Where(answer => answer.Code != RecognitionCode.OwnAward).ToList();
        return answers.Count == 0 ? Html.None : $"""
            <section id="recognition" class="panel" aria-labelledby="recognition-title">
            <h3 id="recognition-title">{text["recognition.title"]}</h3>
            <dl>{answers.Where(answer => answer.Recognized).Select(Recognized)}
            {answers.Where(answer => !answer.Recognized).GroupBy(GroupOf).OrderBy(group => group.Count()).Select(
                group => Refused([.. group]))}</dl>
            <p class="note">{text["recognition.note"]}</p>
            </section>
            """;
    }

    /// <summary>Where nothing was agreed there is nothing to tell apart: one line names them all.</summary>
    private static string GroupOf(RecognitionAnswer answer) =>
        answer.Code == RecognitionCode.NoAgreement ? "" : answer.Institution;

    private Html Recognized(RecognitionAnswer answer)
    {
        string?[] worth =
        [
            answer.Equivalent is { } equivalent
                ? text.Fill("recognition.equivalent", ("name", TitleOf(answer.Institution, equivalent))) : null,
            answer.EqfLevel is { } level ? text.Fill("recognition.level", ("level", text.Number(level))) : null,
            answer.Grade is { } grade ? text.Fill("recognition.grade", ("grade", grade)) : null,
        ];
        return $"""
            <div class="recognized"><dt>{NameOf(answer)}</dt><dd>
            <p><strong>{Credits(answer.Credits ?? 0)}</strong>{worth.OfType<string>().Select(Html (said) =>
                $" · {said}")}</p>
            <p class="note"><a href="/v1/agreements/{answer.Agreement}">{text.Fill(
                "recognition.under", ("agreement", TitleOf(answer)),
                ("version", (answer.Version ?? 1).ToString(CultureInfo.InvariantCulture)))}</a></p>
            </dd></div>
            """;
    }

    private string Credits(double credits) => credits == 1
        ? text["recognition.one"]
        : text.Fill("recognition.recognized", ("credits", text.Number(credits)));

    private Html Refused(IReadOnlyList<RecognitionAnswer> answers) => $"""
        <div class="refused"><dt>{string.Join(", ", answers.Select(NameOf))}</dt>
        <dd>{text.NameOf("recognition", answers[0].Code)}</dd></div>
        """;

    private string NameOf(RecognitionAnswer answer) =>
        ledger.Institutions.GetValueOrDefault(answer.Institution)?.Name ?? answer.Institution;

    /// <summary>The title of the version that rules the award.</summary>
    private string TitleOf(RecognitionAnswer answer) =>
        ledger.Shared.Agreements.Find(answer.Agreement ?? "")?.Versions
            .FirstOrDefault(version => version.Terms.Version == answer.Version)?.Terms.Name ?? answer.Agreement ?? "";

    private string TitleOf(string mspId, AchievementReference reference) =>
        records.FindDefinition(mspId, reference)?.Name ?? reference.Id;
}
