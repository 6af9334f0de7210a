using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>The kinds of what arrives at a verifier and is not of this consortium.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForeignKind>))]
public enum ForeignKind
{
    /// <summary>A text that is nothing in particular.</summary>
    [JsonStringEnumMemberName("text")] Text,

    /// <summary>An Open Badge of version 3, as JSON or as a token.</summary>
    [JsonStringEnumMemberName("openBadge3")] OpenBadge3,

    /// <summary>An Open Badge of version 1 or 2.</summary>
    [JsonStringEnumMemberName("openBadge2")] OpenBadge2,

    /// <summary>A Blockcerts certificate.</summary>
    [JsonStringEnumMemberName("blockcerts")] Blockcerts,

    /// <summary>A European digital credential for learning.</summary>
    [JsonStringEnumMemberName("europeanCredential")] EuropeanCredential,

    /// <summary>A comprehensive learner record.</summary>
    [JsonStringEnumMemberName("learnerRecord")] LearnerRecord,

    /// <summary>Another verifiable credential, as JSON or as a token.</summary>
    [JsonStringEnumMemberName("verifiableCredential")] VerifiableCredential,

    /// <summary>An SD-JWT VC.</summary>
    [JsonStringEnumMemberName("sdJwtVc")] SdJwtVc,

    /// <summary>A presentation without a credential in it.</summary>
    [JsonStringEnumMemberName("presentation")] Presentation,

    /// <summary>A mobile document (ISO/IEC 18013-5).</summary>
    [JsonStringEnumMemberName("mobileDocument")] MobileDocument,

    /// <summary>Other CBOR.</summary>
    [JsonStringEnumMemberName("cbor")] Cbor,

    /// <summary>An EU digital COVID certificate.</summary>
    [JsonStringEnumMemberName("covidCertificate")] CovidCertificate,

    /// <summary>A statement of xAPI.</summary>
    [JsonStringEnumMemberName("learningStatement")] LearningStatement,

    /// <summary>A transcript as XML (EMREX ELMO).</summary>
    [JsonStringEnumMemberName("transcript")] Transcript,

    /// <summary>A DID document.</summary>
    [JsonStringEnumMemberName("didDocument")] DidDocument,

    /// <summary>Another token.</summary>
    [JsonStringEnumMemberName("token")] Token,

    /// <summary>A PDF without a credential of ours.</summary>
    [JsonStringEnumMemberName("pdf")] Pdf,

    /// <summary>A picture.</summary>
    [JsonStringEnumMemberName("picture")] Picture,

    /// <summary>An archive or office document.</summary>
    [JsonStringEnumMemberName("archive")] Archive,

    /// <summary>A mail without a credential in it.</summary>
    [JsonStringEnumMemberName("mail")] Mail,

    /// <summary>A web page.</summary>
    [JsonStringEnumMemberName("webPage")] WebPage,

    /// <summary>Other XML.</summary>
    [JsonStringEnumMemberName("xml")] Xml,

    /// <summary>Other JSON.</summary>
    [JsonStringEnumMemberName("json")] Json,

    /// <summary>A DID.</summary>
    [JsonStringEnumMemberName("did")] Did,

    /// <summary>A UUID.</summary>
    [JsonStringEnumMemberName("uuid")] Uuid,

    /// <summary>The number of a certificate, without the certificate.</summary>
    [JsonStringEnumMemberName("certificateNumber")] CertificateNumber,

    /// <summary>A link.</summary>
    [JsonStringEnumMemberName("link")] Link,

    /// <summary>Bytes that are none of these.</summary>
    [JsonStringEnumMemberName("binary")] Binary,
}

/// <summary>What foreign kinds are called.</summary>
internal static class ForeignKinds
{
    /// <summary>Names a kind in English words behind an article.</summary>
    public static string NameOf(ForeignKind kind) => kind switch
    {
        ForeignKind.OpenBadge3 or ForeignKind.OpenBadge2 => "an Open Badge",
        ForeignKind.Blockcerts => "a Blockcerts certificate",
        ForeignKind.EuropeanCredential => "a European digital credential",
        ForeignKind.LearnerRecord => "a comprehensive learner record",
        ForeignKind.VerifiableCredential => "a verifiable credential of another kind",
        ForeignKind.SdJwtVc => "an SD-JWT credential",
        ForeignKind.Presentation => "a presentation without a credential",
        ForeignKind.MobileDocument => "a mobile document",
        ForeignKind.Cbor => "binary data (CBOR)",
        ForeignKind.CovidCertificate => "a digital COVID certificate",
        ForeignKind.LearningStatement => "an xAPI statement",
        ForeignKind.Transcript => "a transcript of records (EMREX)",
        ForeignKind.DidDocument => "a DID document",
        ForeignKind.Token => "a signed token",
        ForeignKind.Pdf => "a PDF without a credential of this consortium",
        ForeignKind.Picture => "a picture without a credential of this consortium",
        ForeignKind.Archive => "an archive or office document",
        ForeignKind.Mail => "a mail without a credential",
        ForeignKind.WebPage => "a web page",
        ForeignKind.Xml => "an XML document",
        ForeignKind.Json => "a JSON document",
        ForeignKind.Did => "a decentralised identifier",
        ForeignKind.Uuid => "an identifier (UUID), not the credential itself",
        ForeignKind.CertificateNumber => "a number, not the credential itself",
        ForeignKind.Link => "a link, not the credential itself",
        ForeignKind.Binary => "a file of an unknown kind",
        _ => "a text",
    };
}

/// <summary>What a credential was taken out of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Wrapping>))]
public enum Wrapping
{
    /// <summary>A text in other letters than UTF-8, or behind a byte order mark.</summary>
    [JsonStringEnumMemberName("encoding")] Encoding,

    /// <summary>Another program's answer around it.</summary>
    [JsonStringEnumMemberName("envelope")] Envelope,

    /// <summary>A presentation.</summary>
    [JsonStringEnumMemberName("presentation")] Presentation,

    /// <summary>A record that is made to hold credentials: a CLR, an ELMO file, a European credential.</summary>
    [JsonStringEnumMemberName("record")] Record,

    /// <summary>A mail.</summary>
    [JsonStringEnumMemberName("mail")] Mail,

    /// <summary>Signs that a mail program put in place of others.</summary>
    [JsonStringEnumMemberName("quotedPrintable")] QuotedPrintable,

    /// <summary>Base64.</summary>
    [JsonStringEnumMemberName("base64")] Base64,

    /// <summary>A data: address.</summary>
    [JsonStringEnumMemberName("dataAddress")] DataAddress,

    /// <summary>Line breaks within it.</summary>
    [JsonStringEnumMemberName("lineBreaks")] LineBreaks,

    /// <summary>Words before or behind it.</summary>
    [JsonStringEnumMemberName("words")] Words,

    /// <summary>A PDF, a badge or another picture that carries it.</summary>
    [JsonStringEnumMemberName("file")] File,
}
