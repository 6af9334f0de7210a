using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using System.Xml.Schema;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Asking;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Shapes;

/// <summary>EMREX ELMO files: written, judged by the official schema, and read, of whoever.</summary>
public sealed class ElmoTests : ShapeFixture
{
    /// <summary>What every schema imports of XML itself, which .NET does not bring.</summary>
    private const string XmlNamespaceSchema = """
        <xs:schema targetNamespace="http://www.w3.org/XML/1998/namespace"
            xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:attribute name="lang" type="xs:language"/>
        </xs:schema>
        """;

    /// <summary>Addresses, which are imported from another standard and which no file of ours has.</summary>
    private const string AddressSchema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
            targetNamespace="https://github.com/erasmus-without-paper/ewp-specs-types-address/tree/stable-v1">
          <xs:complexType name="FlexibleAddress"/>
        </xs:schema>
        """;

    private static readonly string[] Hostile =
    [
        $"<!DOCTYPE elmo [<!ENTITY a \"b\">]><elmo xmlns=\"{ElmoWriter.Namespace}\">&a;</elmo>",
        "<!DOCTYPE elmo SYSTEM \"file:///etc/passwd\"><elmo xmlns=\"" + ElmoWriter.Namespace + "\"/>",
        $"<elmo xmlns=\"{ElmoWriter.Namespace}\"><report></elmo>",
        $"<elmo xmlns=\"{ElmoWriter.Namespace}\">{Nested(ElmoReader.MaxDepth + 1)}</elmo>",
        $"<elmo xmlns=\"{ElmoWriter.Namespace}\">{Repeated("<a/>", ElmoReader.MaxElements)}</elmo>",
        "<elmo xmlns=\"urn:others\"/>",
    ];

    [Fact]
    public void Write_SaysWhatIsFixed_LetterByLetter() => SampleAwards.RequireGolden(
        "shape-elmo.xml",
        Encoding.UTF8.GetString(ElmoWriter.Write([SampleAwards.Full, SampleAwards.Scant], SampleAwards.MadeAt)));

    [Fact]
    public void Write_PassesTheOfficialSchema_AndAFaultIsFound()
    {
        string folder = PublishedSchemas.FolderOrSkip("elmo-1.7", "schema.xsd");
        string written = Encoding.UTF8.GetString(
            ElmoWriter.Write([SampleAwards.Full, SampleAwards.Scant], SampleAwards.MadeAt));
        Assert.Empty(FaultsOf(written, folder));
        Assert.Empty(FaultsOf(Encoding.UTF8.GetString(ElmoWriter.Write(Awards, SampleAwards.MadeAt)), folder));
        Assert.NotEmpty(FaultsOf(written.Replace("<familyName>", "<surname>", StringComparison.Ordinal)
            .Replace("</familyName>", "</surname>", StringComparison.Ordinal), folder));
    }

    [Fact]
    public async Task Verify_EachCredentialInIt_StandsAsItDoesAlone()
    {
        var verdict = await VerifyReceivedAsync(ElmoWriter.Write(Awards, SampleAwards.MadeAt));
        Assert.Equal(2, verdict.Each!.Count);
        Assert.All(verdict.Each, one =>
        {
            Assert.Equal(VerdictKind.Valid, one.Kind);
            Assert.Equal([Wrapping.Record, Wrapping.DataAddress], one.Unwrapped!);
            Assert.Contains(one.Notices, notice => notice.Code == CheckCodes.RecordNotChecked);
        });
    }

    [Fact]
    public void Read_WhatIsWritten_IsWhatWasSaid()
    {
        var file = ElmoReader.Read(ElmoWriter.Write([SampleAwards.Full, SampleAwards.Scant], SampleAwards.MadeAt));
        Assert.Equal(2, file.Attachments.Count);
        var first = file.Results[0];
        Assert.Equal(
            ("Python – für den Einstieg", "Aurora University", "5", 2.5, "ECTS"),
            (first.Title, first.Issuer, first.Grade, first.Credits, first.CreditSystem));
        Assert.Equal(
            ("6", "0613", "de-AT", "2026-03-01", "passed"),
            (first.EqfLevel, first.FieldOfStudy, first.Language, first.Date, first.Status));
        Assert.Equal(1e-7, file.Results[1].Credits);
    }

    [Fact]
    public async Task Verify_OthersFile_TellsItsResultsAsClaims()
    {
        byte[] file = ForeignFile();
        var verdict = await VerifyReceivedAsync(file);
        Assert.Equal((VerdictKind.Foreign, ForeignKind.Transcript), (verdict.Kind, verdict.Foreign!.Kind));
        Assert.Equal("University of Warsaw", verdict.Foreign.Results![0].Issuer);
        Assert.Equal(["Compiler construction", "Lecture"], verdict.Foreign.Results!.Select(one => one.Title));
        Assert.Equal([false, true], verdict.Foreign.Results!.Select(one => one.IsPart));
        Assert.Equal((6.0, "ECTS", "0612"), (
            verdict.Foreign.Results![0].Credits, verdict.Foreign.Results[0].CreditSystem,
            verdict.Foreign.Results[0].FieldOfStudy));
        Assert.Equal(ForeignSignatureCodes.NoSignature, verdict.Foreign.Signature.Code);
    }

    [Fact]
    public async Task Verify_SignedFile_HoldsUntilALetterIsChanged()
    {
        string signed = SignWithRsa(ForeignFile(), SignedXml.XmlDsigRSASHA256Url, SignedXml.XmlDsigSHA256Url);
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(signed));
        Assert.Equal(ForeignSignatureCodes.Holds, verdict.Foreign!.Signature.Code);
        Assert.Contains("CN=University", verdict.Foreign.Signature.Detail, StringComparison.Ordinal);

        string changed = signed.Replace("<value>6</value>", "<value>60</value>", StringComparison.Ordinal);
        verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(changed));
        Assert.Equal(ForeignSignatureCodes.DoesNotHold, verdict.Foreign!.Signature.Code);
    }

    [Theory]
    [InlineData(" URI=\"\"", " URI=\"#other\"")]
    [InlineData("xmldsig#enveloped-signature", "xmldsig#base64")]
    [InlineData("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1")]
    [InlineData("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1")]
    public async Task Verify_SignatureThatDoesNotCoverAll_OrIsOld_IsNotTaken(string method, string other)
    {
        string signed = SignWithRsa(ForeignFile(), SignedXml.XmlDsigRSASHA256Url, SignedXml.XmlDsigSHA256Url);
        Assert.Contains(method, signed, StringComparison.Ordinal);
        var verdict = await VerifyReceivedAsync(
            Encoding.UTF8.GetBytes(signed.Replace(method, other, StringComparison.Ordinal)));
        Assert.Equal(ForeignSignatureOutcome.NotChecked, verdict.Foreign!.Signature.Outcome);
    }

    [Fact]
    public void Read_AttachmentsInEachOther_AreNotEachTheTextOfAll()
    {
        const int Depth = 30;
        string file = $"<elmo xmlns=\"{ElmoWriter.Namespace}\"><report>"
            + Repeated("<attachment><content>data:", Depth) + "text/plain,innermost"
            + Repeated("</content></attachment>", Depth) + "</report></elmo>";
        Assert.Equal(["data:text/plain,innermost"], ElmoReader.Read(Encoding.UTF8.GetBytes(file)).Attachments);
    }

    public static TheoryData<int> HostileFiles => [.. Enumerable.Range(0, Hostile.Length)];

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public async Task Read_HostileXml_IsRefused_AndSaysWhy(int index)
    {
        byte[] file = Encoding.UTF8.GetBytes(Hostile[index]);
        var fault = Assert.Throws<FormatException>(() => ElmoReader.Read(file));
        Assert.NotEmpty(fault.Message);
        var verdict = await VerifyReceivedAsync(file);
        Assert.Equal(VerdictKind.Foreign, verdict.Kind);
        Assert.Null(verdict.Foreign!.Results);
        Assert.Null(TranscriptSignature.Check(file));
        if (verdict.Foreign.Kind == ForeignKind.Transcript) Assert.NotNull(verdict.Foreign.Fault);
    }

    [Fact]
    public void Read_MoreResultsThanAreRead_SaysSo()
    {
        var awards = Enumerable.Repeat(SampleAwards.Scant, ElmoReader.MaxResults + 1).ToList();
        var file = ElmoReader.Read(ElmoWriter.Write(awards, SampleAwards.MadeAt));
        Assert.Equal((ElmoReader.MaxResults, true), (file.Results.Count, file.HasMore));
    }

    private static string Nested(int depth) => Repeated("<a>", depth) + Repeated("</a>", depth);

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static byte[] ForeignFile() => Encoding.UTF8.GetBytes(
        $"""
        <elmo xmlns="{ElmoWriter.Namespace}">
          <generatedDate>2015-10-31T12:00:00+02:00</generatedDate>
          <learner><givenNames>Wojciech</givenNames><familyName>Rygielski</familyName></learner>
          <report>
            <issuer>
              <country>PL</country><identifier type="schac">uw.edu.pl</identifier>
              <title xml:lang="pl">Uniwersytet Warszawski</title><title xml:lang="en">University of Warsaw</title>
              <url>http://www.uw.edu.pl</url>
            </issuer>
            <learningOpportunitySpecification>
              <identifier type="local">1000-217bMRJ</identifier>
              <title xml:lang="pl">Budowa kompilatorów</title><title xml:lang="en">Compiler construction</title>
              <iscedCode>0612</iscedCode>
              <specifies><learningOpportunityInstance>
                <status>passed</status><resultLabel>45.1</resultLabel>
                <credit><scheme>local</scheme><value>3</value></credit>
                <credit><scheme>ects</scheme><value>6</value></credit>
              </learningOpportunityInstance></specifies>
              <hasPart><learningOpportunitySpecification>
                <title xml:lang="en">Lecture</title>
                <specifies><learningOpportunityInstance>
                  <status>passed</status>
                </learningOpportunityInstance></specifies>
              </learningOpportunitySpecification></hasPart>
            </learningOpportunitySpecification>
            <issueDate>2015-10-31T07:00:00+02:00</issueDate>
          </report>
        </elmo>
        """);

    private static string SignWithRsa(byte[] file, string method, string digest)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=University", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(Encoding.UTF8.GetString(file));
        var signed = new SignedXml(document) { SigningKey = key };
        signed.SignedInfo!.SignatureMethod = method;
        var whole = new Reference("") { DigestMethod = digest };
        whole.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        signed.AddReference(whole);
        signed.KeyInfo.AddClause(new KeyInfoX509Data(certificate));
        signed.ComputeSignature();
        document.DocumentElement!.AppendChild(document.ImportNode(signed.GetXml(), deep: true));
        return document.OuterXml;
    }

    private static List<string> FaultsOf(string xml, string folder)
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        foreach (string file in Directory.GetFiles(folder, "*.xsd"))
        {
            using var schema = XmlReader.Create(
                file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = null });
            schemas.Add(null, schema);
        }

        foreach (string besides in new[] { XmlNamespaceSchema, AddressSchema })
        {
            using var schema = XmlReader.Create(new StringReader(besides));
            schemas.Add(null, schema);
        }

        schemas.Compile();
        var faults = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas };
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, fault) => faults.Add(fault.Message);
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        while (reader.Read())
        {
        }

        return faults;
    }
}
