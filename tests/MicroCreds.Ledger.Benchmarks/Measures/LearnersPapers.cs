using System.Text;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Papers;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// What it costs to make an ordinary credential's PDF and its badge, and to find a credential in them again, by the
/// processor's time, since whoever else is at work does not count then.
/// </summary>
internal static class LearnersPapers
{
    private const double PdfMilliseconds = 30;
    private const double PngMilliseconds = 10;
    private const int CompactLength = 1000;
    private const string Base45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    public static Task MeasureAsync(Bench bench)
    {
        var paper = Sample();
        byte[] pdf = PaperPdf.Write(paper);
        byte[] png = BadgePicture.Png(paper.Badge!);
        string credential = Encoding.UTF8.GetString(paper.File.Content);
        byte[] baked = BakedPng.Bake(png, credential);
        var (pdfTarget, pngTarget) = (Target.AtMost(PdfMilliseconds), Target.AtMost(PngMilliseconds));
        Measure(bench, "a PDF with mark, badge and two codes", pdfTarget, () => PaperPdf.Write(paper));
        Measure(bench, "a badge's PNG of its SVG, 600 × 600", pngTarget, () => BadgePicture.Png(paper.Badge!));
        Measure(bench, "  the SVG drawn", null, () => BadgePicture.Draw(paper.Title, paper.IssuerName, paper.Colour));
        Measure(bench, "  a credential baked into the PNG", null, () => BakedPng.Bake(png, credential));
        Measure(bench, "the credential found in the PDF", null, () => CarriedCredential.Find(pdf));
        Measure(bench, "  in the PNG", null, () => CarriedCredential.Find(baked));
        return Task.CompletedTask;
    }

    private static void Measure(Bench bench, string name, Target? target, Action make)
    {
        int count = bench.Options.Count(200, 50);
        var rounds = new List<double>();

        // The first round is not counted: code is still being compiled.
        for (int round = -1; round < bench.Options.Rounds; round++)
        {
            var used = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < count; i++) make();
            if (round >= 0) rounds.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds / count);
        }

        bench.Report.Add(new Row { Name = name, Unit = "ms", Rounds = rounds, Target = target });
    }

    private static Paper Sample()
    {
        const string title = "Data Literacy for Everyone";
        const string issuer = "Aurora University";
        string compact = string.Concat(Enumerable.Range(0, CompactLength).Select(i => Base45[i * 7 % Base45.Length]));
        byte[] mark = Encoding.UTF8.GetBytes(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">
            <circle cx="50" cy="50" r="46" fill="#17365d"/>
            <path d="M20 62 Q50 10 80 62" fill="none" stroke="#fff" stroke-width="7"/>
            <text x="112" y="62" font-size="40" fill="#17365d">Aurora</text></svg>
            """);
        return new Paper
        {
            Language = "en",
            Kind = "Micro-credential",
            Title = title,
            LearnerHeading = "Awarded to",
            LearnerName = "Aino Virtanen",
            IssuerName = issuer,
            Award = "by Aurora University on 3 March 2026",
            Facts = [.. Enumerable.Range(0, 8).Select(i => new PaperFact($"Fact {i}", "Reads and explains data."))],
            Codes = [new(compact, "The credential itself"), new("https://aurora.example/c/4fKq0zYhW1x8sJ", "Its page")],
            Foot = "This document carries the credential itself: verify it at any member's page.",
            LettersLackingNote = "This page's font lacks letters.",
            Mark = mark,
            Badge = BadgePicture.Draw(title, issuer, "#17365d"),
            MadeAt = DateTimeOffset.UnixEpoch,
            File = new("data-literacy.json", "application/vc", Encoding.UTF8.GetBytes(new string('x', 5000))),
        };
    }
}
