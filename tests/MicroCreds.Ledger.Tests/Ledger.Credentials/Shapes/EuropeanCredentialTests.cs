using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Shapes;

/// <summary>European digital credentials (ELM 3): written, judged by the EU's own shapes, and read again.</summary>
public sealed class EuropeanCredentialTests : ShapeFixture
{
    [Fact]
    public void Write_SaysWhatIsFixed_LetterByLetter() => SampleAwards.RequireGolden(
        "shape-elm.json", JsonNode.Parse(Of(SampleAwards.Full))!.ToJsonString(new() { WriteIndented = true }) + "\n");

    [Fact]
    public async Task Write_FitsTheProfilesShapes_ButForTheIdentifierThatASealNames()
    {
        string folder = PublishedSchemas.FolderOrSkip("elm-3", "EDC-generic-full.ttl");
        foreach (var award in new[] { SampleAwards.Full, CredentialAward.Of(Document) })
        {
            var said = await JudgeAsync("elm", JsonNode.Parse(Of(award))!, folder);
            Assert.True((bool)said["terms"]!, said.ToJsonString());
            string only = Assert.Single(said["violations"]!.AsArray())!.ToString();
            Assert.Contains("issuer", only, StringComparison.Ordinal);
        }

        // An institution that has such an identifier says it, and then nothing is amiss.
        var named = SampleAwards.Full with
        {
            Content = SampleAwards.Full.Content with
            {
                IssuerIdentifiers = [new NamedLink("VATFI-12345678", null, "eidas")],
            },
        };
        var whole = await JudgeAsync("elm", JsonNode.Parse(Of(named))!, folder);
        Assert.True((bool)whole["conforms"]!, whole.ToJsonString());

        // What the shapes ask for is asked for in earnest.
        var faulty = JsonNode.Parse(Of(named))!;
        faulty["credentialSubject"]!["hasClaim"]!.AsObject().Remove("title");
        Assert.False((bool)(await JudgeAsync("elm", faulty, folder))["conforms"]!);
    }

    [Fact]
    public void Write_SaysThatItBearsNoSeal_InTheLanguagesOfThePages()
    {
        var document = JsonNode.Parse(Of(SampleAwards.Full))!;
        Assert.Null(document["proof"]);
        var note = document["credentialSubject"]!["hasClaim"]!["additionalNote"]!["noteLiteral"]!.AsObject();
        Assert.Equal(MicroCreds.Ledger.Gateway.Pages.PageText.Languages.Order(), note.Select(one => one.Key).Order());
        Assert.Contains("no electronic seal", (string?)note["en"], StringComparison.Ordinal);
        string shown = (string)document["displayParameter"]!["description"]!["en"]!;
        Assert.Contains("no electronic seal", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_TheCredentialThatIsAttached_StandsAsItDoesAlone()
    {
        var verdict = await VerifyReceivedAsync(Of(CredentialAward.Of(Document)));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal([Wrapping.Record, Wrapping.Base64], verdict.Unwrapped!);
        Assert.Contains(verdict.Notices, notice => notice.Code == CheckCodes.RecordNotChecked);
    }

    private static byte[] Of(CredentialAward award) => new EuropeanCredential
    {
        Award = award,
        Page = "https://creds.aurora.example/c/6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27",
        Picture = Encoding.UTF8.GetBytes("a picture"),
    }.Write();
}
