using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>Puts together what a credential's paper and badge show. Thread-safe.</summary>
public sealed class LearnerPapers(
    CompactCredentials compacts, BadgeImages badges, OwnName name, PublicAddress address,
    GatewayServiceOptions options)
{
    /// <summary>Makes the PDF.</summary>
    /// <param name="document">What is kept of the credential.</param>
    /// <param name="json">The credential itself.</param>
    /// <param name="fileName">What the file inside is called, without its ending.</param>
    /// <param name="text">The language.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public async Task<byte[]> PdfAsync(
        StoredDocument document, byte[] json, string fileName, PageText text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(text);
        var content = CredentialContent.OfOwn(json);
        string url = $"{address.Url}{LearnerPages.SharedAddress}/{document.Id}";
        string awardedBy = (content.AwardingBody ?? name.Value)
            + (content.Country is { } country ? $", {text.NameOf("country", country)}" : "");
        var compact = await compacts.OfAsync(document, cancellationToken);
        return PaperPdf.Write(new Paper
        {
            Language = text.Language,
            Kind = text["paper.kind"],
            Title = content.Title ?? "",
            LearnerHeading = text["paper.to"],
            LearnerName = content.Learner ?? "",
            IssuerName = name.Value,
            Award = content.Awarded is { } awarded
                ? text.Fill("paper.award", ("institution", awardedBy), ("date", text.Date(awarded)))
                : awardedBy,
            Facts = [.. FactsOf(content, text, $"urn:uuid:{document.Id}")],
            Foot = text.Fill(
                compact.Text is null ? "paper.footLink" : "paper.foot", ("verify", address.Url + "/verify")),
            Codes =
            [
                .. compact.Text is { } code ? (PaperCode[])[new PaperCode(code, text["paper.code"])] : [],
                new PaperCode(url, text["paper.link"]),
            ],
            LettersLackingNote = text["paper.letters"],
            Mark = options.Brand.LogoFile is { } logo ? await File.ReadAllBytesAsync(logo, cancellationToken) : null,
            Badge = badges.FindImageFor(content) ?? Drawn(content),
            Colour = options.Brand.Colour,
            MadeAt = content.Awarded ?? DateTimeOffset.UnixEpoch,
            File = new PaperFile($"{fileName}.json", "application/vc", json),
        });
    }

    /// <summary>The achievement's badge, or one that is drawn, as an SVG.</summary>
    /// <returns>Null where the achievement's own is no SVG.</returns>
    public byte[]? Svg(CredentialContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        byte[] picture = badges.FindImageFor(content) ?? Drawn(content);
        return picture.AsSpan().StartsWith(PngMark) ? null : picture;
    }

    /// <summary>The achievement's badge, or one that is drawn, as a PNG.</summary>
    public byte[] Png(CredentialContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return BadgePicture.Png(badges.FindImageFor(content) ?? Drawn(content));
    }

    private static ReadOnlySpan<byte> PngMark => [0x89, 0x50, 0x4e, 0x47];

    private byte[] Drawn(CredentialContent content) =>
        BadgePicture.Draw(content.Title ?? "", content.AwardingBody ?? name.Value, options.Brand.Colour);

    private static IEnumerable<PaperFact> FactsOf(CredentialContent content, PageText text, string id)
    {
        var words = new ContentWords(text, content);
        (string Element, string? Value)[] facts =
        [
            ("workload", words.Workload), ("level", words.Level), ("grade", content.Grade),
            ("learningOutcomes",
                content.LearningOutcomes.Count == 0 ? null : string.Join('\n', content.LearningOutcomes)),
            ("assessment", content.Assessment), ("supervision", words.Code("supervision", content.Supervision)),
            ("participation", words.Code("participation", content.Participation)),
            ("qualityAssurance", content.QualityAssurance),
            ("validUntil", words.ValidUntil), ("id", id),
        ];
        return facts.Where(fact => fact.Value is not null)
            .Select(fact => new PaperFact(text[$"element.{fact.Element}"], fact.Value!));
    }
}
