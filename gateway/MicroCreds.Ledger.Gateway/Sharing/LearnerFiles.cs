using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>Makes the files in which a learner takes a credential along. Thread-safe.</summary>
public sealed class LearnerFiles(
    DocumentStore documents, FormSigner signer, LearnerPapers papers, PublicAddress address, ProofMaking proofs)
{
    /// <summary>What there is.</summary>
    public static readonly IReadOnlyList<string> Forms =
        ["pdf", "png", "svg", "json", "proven", "jwt", "sd-jwt", "elm", "txt"];

    /// <summary>The media type of a European digital credential.</summary>
    public const string EuropeanType = "application/ld+json";

    private const int MaxNameLength = 80;

    /// <summary>Makes a file.</summary>
    /// <param name="credential">The UUID of the credential's identifier.</param>
    /// <param name="form">One of <see cref="Forms"/>.</param>
    /// <param name="text">The learner's language.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <returns>Null if there is no such credential or form.</returns>
    /// <exception cref="ProblemException">A proof was asked for, and no signed head holds the credential yet.
    /// </exception>
    public async Task<LearnerFile?> MakeAsync(
        Guid credential, string form, PageText text, CancellationToken cancellationToken)
    {
        if (documents.Find(credential) is not { State: IssuanceState.Issued } found) return null;
        byte[] json = await signer.GiveAsync(found.Document, cancellationToken);
        var content = CredentialContent.OfOwn(json);
        string name = NameOf(content.Title, content.Learner);
        return form switch
        {
            "pdf" => new LearnerFile(
                $"{name}.pdf", "application/pdf",
                await papers.PdfAsync(found.Document, json, name, text, cancellationToken)),
            "png" => new LearnerFile(
                $"{name}.png", "image/png", BakedPng.Bake(papers.Png(content), Encoding.UTF8.GetString(json))),
            "svg" when papers.Svg(content) is { } svg => new LearnerFile(
                $"{name}.svg", "image/svg+xml", BakedSvg.Bake(svg, Encoding.UTF8.GetString(json))),
            "json" => new LearnerFile($"{name}.json", "application/vc", json),
            "proven" => new LearnerFile(
                $"{name}.proven.json", "application/json", await ProvenAsync(json, cancellationToken)),
            "jwt" => new LearnerFile(
                $"{name}.jwt", "application/vc+jwt",
                await signer.GiveAsync(found.Document, CredentialForm.VcJwt, cancellationToken)),
            "sd-jwt" => new LearnerFile(
                $"{name}.sd-jwt", "application/dc+sd-jwt",
                await signer.GiveAsync(found.Document, CredentialForm.SdJwtVc, cancellationToken)),
            "elm" => new LearnerFile(
                $"{name}.elm.jsonld", EuropeanType, EuropeanOf(found.Document.Id, new CredentialAward(content, json))),
            "txt" => new LearnerFile(
                $"{name}.txt", "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(TextOf(content, found, text))),
            _ => null,
        };
    }

    /// <summary>Writes a credential as a European digital credential, which has no seal.</summary>
    /// <param name="document">What is kept of it.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public async Task<byte[]> EuropeanAsync(StoredDocument document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        return EuropeanOf(document.Id, CredentialAward.Of(await signer.GiveAsync(document, cancellationToken)));
    }

    /// <summary>The credential with the proof that other consortia verify it by, as of now.</summary>
    private async Task<byte[]> ProvenAsync(byte[] json, CancellationToken cancellationToken)
    {
        var read = CredentialReader.Read(json);
        var proof = await proofs.MakeAsync(
            read.Anchor.MspId, read.Anchor.Root, read.Anchor.Index, cancellationToken);
        return new ProvenCredential(json, proof.ToBytes(read)).ToBytes();
    }

    private byte[] EuropeanOf(Guid id, CredentialAward award) => new EuropeanCredential
    {
        Award = award,
        Page = $"{address.Url}{LearnerPages.SharedAddress}/{id}",
        Picture = papers.Png(award.Content),
    }.Write();

    /// <summary>What somebody who was shown a credential takes along: what was shown.</summary>
    public static LearnerFile OfShown(LearnerView shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        return new LearnerFile(
            NameOf(shown.Content?.Title, shown.Content?.Learner) + ".sd-jwt", "application/dc+sd-jwt", shown.Document);
    }

    /// <summary>What a person would call the file; without what file systems refuse.</summary>
    internal static string NameOf(string? title, string? learner)
    {
        string whole = string.Join(" – ", new[] { title, learner }.Where(part => !string.IsNullOrWhiteSpace(part)));
        var name = new StringBuilder();
        foreach (var rune in whole.EnumerateRunes())
        {
            if (name.Length >= MaxNameLength) break;
            name.Append(Rune.IsControl(rune) || "\\/:*?\"<>|".Contains((char)rune.Value, StringComparison.Ordinal)
                ? " " : rune.ToString());
        }

        return name.ToString().Trim(' ', '.') is { Length: > 0 } said ? said : "credential";
    }

    private string TextOf(CredentialContent content, IssuedDocument found, PageText text)
    {
        (string Key, string? Value)[] lines =
        [
            ("element.learner", content.Learner), ("element.awardingBody", content.AwardingBody),
            ("element.awarded", content.Awarded is { } awarded ? text.Date(awarded) : null),
            ("element.validUntil", content.ValidUntil is { } until ? text.Date(until) : null),
            ("element.grade", content.Grade), ("element.id", $"urn:uuid:{found.Document.Id}"),
        ];
        var said = new StringBuilder().AppendLine(content.Title).AppendLine();
        foreach (var (key, value) in lines)
        {
            if (value is not null) said.AppendLine($"{text[key]}: {value}");
        }

        return said.AppendLine().AppendLine($"{address.Url}{LearnerPages.SharedAddress}/{found.Document.Id}")
            .ToString();
    }
}
