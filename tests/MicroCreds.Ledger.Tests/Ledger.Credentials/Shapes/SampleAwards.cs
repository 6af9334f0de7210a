using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Shapes;

/// <summary>Awards whose every letter is fixed, and what they must become.</summary>
internal static class SampleAwards
{
    public static readonly DateTimeOffset MadeAt = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>One that says all there is to say.</summary>
    public static CredentialAward Full => new(
        new CredentialContent
        {
            Id = "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27",
            IssuerDid = "did:web:aurora.example",
            IssuerIdentifiers =
            [
                new NamedLink("999999999", null, "pic"), new NamedLink("https://ror.org/0abcdef12", null, "ror"),
            ],
            LearnerId = "did:example:zoe",
            AchievementId = "did:web:aurora.example/achievements/python-basics/2",
            Learner = "Zoë 漢字 <Núñez> & \u0001Co",
            Title = "Python – für den Einstieg",
            Description = "Programming in Python.\nFor people who never programmed before.",
            Criteria = "Pass the written assignment.",
            AwardingBody = "Aurora University",
            Country = "FI",
            Website = "https://www.aurora.example",
            Awarded = SampleIssuer.IssuedAt,
            ValidUntil = SampleIssuer.IssuedAt.AddYears(5),
            LearningOutcomes = ["Write a program of 100 lines.", "Test what was written."],
            Credits = 2.5,
            CreditSystem = "ECTS",
            WorkloadHours = 67.5,
            EqfLevel = "6",
            Language = "de-AT",
            FieldOfStudy = "0613",
            Assessment = "Written assignment",
            Supervision = "supervisedOnsiteWithIdentity",
            Participation = "blended",
            QualityAssurance = "Programme accreditation",
            Prerequisites = "None",
            StacksInto = "Certificate in Scientific Computing",
            Grade = "5",
            Skills = [new NamedLink("Python", SampleIssuer.PythonSkill, "ESCO")],
        },
        Encoding.UTF8.GetBytes("{\"a\":1}"));

    /// <summary>One that says next to nothing.</summary>
    public static CredentialAward Scant => new(
        new CredentialContent
        {
            Id = "urn:uuid:0b3ed0a1-8b6e-4c53-9a4e-6f2f4ac0cc01",
            IssuerDid = "did:web:boreal.example",
            AchievementId = "did:web:boreal.example/achievements/data/1",
            Learner = Full.Content.Learner,
            Title = "Data",
            AwardingBody = "Boreal",
            Awarded = SampleIssuer.IssuedAt,
            Credits = 1e-7,
        },
        Encoding.UTF8.GetBytes("{\"b\":2}"));

    /// <summary>Requires that a text is the one in Golden, letter by letter; WRITE_GOLDEN=1 writes it anew.</summary>
    public static void RequireGolden(string file, string text)
    {
        string path = Path.Combine(Repository.Root, "tests/MicroCreds.Ledger.Tests/Ledger.Credentials/Golden", file);
        if (Environment.GetEnvironmentVariable("WRITE_GOLDEN") == "1") File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text, ignoreLineEndingDifferences: true);
    }
}
