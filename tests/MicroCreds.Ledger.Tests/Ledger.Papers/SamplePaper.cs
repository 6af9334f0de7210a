using System.Text;
using MicroCreds.Ledger.Papers;

namespace MicroCreds.Ledger.Tests.Ledger.Papers;

/// <summary>Papers as a gateway would have them made.</summary>
internal static class SamplePaper
{
    public const string Link = "https://aurora.example/c/4fKq0zYhW1x8sJv3mN7bRA";

    private const string Base45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    /// <summary>A text as long as a compact credential may be.</summary>
    public static string Compact { get; } =
        "MC1:" + string.Concat(Enumerable.Range(0, 996).Select(i => Base45[i * 7 % Base45.Length]));

    public static byte[] Credential { get; } = Encoding.UTF8.GetBytes(
        """{"@context":["https://www.w3.org/ns/credentials/v2"],"name":"Ärger ]]> Łódź","id":"urn:uuid:1"}""");

    public static byte[] Mark { get; } = Encoding.UTF8.GetBytes(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 380 100"><style>.a{fill:#17365d}</style>
        <defs><linearGradient id="g"><stop offset="0" stop-color="#17365d"/><stop offset="1" stop-color="#3b82c4"/>
        </linearGradient></defs><circle cx="50" cy="50" r="46" fill="url(#g)"/>
        <path d="M20 62 Q50 10 80 62" fill="none" stroke="#fff" stroke-width="7"/>
        <text x="112" y="62" font-size="34" font-weight="bold" class="a">Aurora</text></svg>
        """);

    public static byte[] Badge { get; } =
        BadgePicture.Draw("Data Literacy for Everyone", "Aurora University", "#17365d");

    /// <summary>An ordinary one, with everything on it.</summary>
    public static Paper Ordinary { get; } = new()
    {
        Language = "en",
        Kind = "Micro-credential",
        Title = "Data Literacy for Everyone",
        LearnerHeading = "Awarded to",
        LearnerName = "Aino Virtanen",
        IssuerName = "Aurora University",
        Award = "by Aurora University on 3 March 2026",
        Facts =
        [
            new("Learning outcomes", "Reads and questions data from many sources.\nJudges a data set's quality."),
            new("Workload", "75 hours (3 ECTS credits)"), new("Level", "EQF 6"), new("Assessment", "Examination"),
            new("Result", "1.3"), new("Form of participation", "Blended"), new("Quality assurance", "Accredited"),
        ],
        Codes = [new(Compact, "The credential itself"), new(Link, "The credential's own page")],
        Foot = "This document carries the credential. Verify it at any member's page, such as aurora.example/verify.",
        LettersLackingNote = "Where � stands, this page's font lacks letters; copied text has them all.",
        Mark = Mark,
        Badge = Badge,
        MadeAt = new(2026, 3, 3, 10, 0, 0, TimeSpan.Zero),
        File = new("data-literacy.json", "application/vc", Credential),
    };

    /// <summary>One with so much to say that it needs several pages.</summary>
    public static Paper Long { get; } = Ordinary with
    {
        Facts =
        [
            .. Enumerable.Range(0, 20).Select(i => new PaperFact($"Evidence {i}", string.Join(' ', Enumerable.Repeat(
                $"Work number {i} described at length.", 15)))),
            new("Last", string.Join(' ', Enumerable.Repeat("word", 1500)) + " END"),
        ],
    };
}
