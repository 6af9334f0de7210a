using System.Globalization;
using System.Text.Encodings.Web;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Store;
using MimeKit;
using MimeKit.Utils;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>
/// Writes the mails to learners: plain text, and the same as HTML that loads nothing. Thread-safe.
/// </summary>
public sealed class MailComposer(MailTexts texts, PublicAddress address, GatewayServiceOptions options)
{
    /// <summary>The header that names a mail, and comes back with it where it cannot be delivered.</summary>
    public const string DeliveryHeader = "X-Microcreds-Delivery";

    private const string Sender = "registrar@localhost";

    /// <summary>Writes a mail.</summary>
    /// <param name="mail">Whom it is for, and what it tells.</param>
    /// <param name="about">What it is about.</param>
    /// <param name="institution">Who writes.</param>
    /// <param name="link">Where it leads; none if nowhere.</param>
    /// <param name="linkEnds">Until when.</param>
    public MimeMessage Compose(
        MailDelivery mail, MailSubject about, string institution, string? link, DateTimeOffset linkEnds)
    {
        ArgumentNullException.ThrowIfNull(mail);
        ArgumentNullException.ThrowIfNull(about);
        var text = PageText.In(mail.To.Language is { } language && PageText.Languages.Contains(language.Split('-')[0])
            ? language.Split('-')[0] : options.Learners.Language);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = about.Learner ?? "",
            ["title"] = about.Title ?? "",
            ["reason"] = about.Reason ?? "",
            ["institution"] = institution,
            ["ends"] = text.Date(linkEnds),
            ["verify"] = address.Url + "/verify",
        };
        string own = mail.Kind == DeliveryKind.Practice ? mail.Kind + "." : "";
        string Say(string key) => texts.Fill(text, key, facts);

        string[] paragraphs = [
            Say(own + "greeting"), Say($"{mail.Kind}.text"), .. link is null ? [] : (string[])[Say(own + "link")],
            Say(own + "closing")];
        var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(options.Learners.From ?? Sender));
        message.To.Add(new MailboxAddress(about.Learner, mail.To.Address));
        message.Subject = Say($"{mail.Kind}.subject");
        message.MessageId = MimeUtils.GenerateMessageId(new Uri(address.Url).IdnHost);
        message.Headers.Add(DeliveryHeader, NameOf(mail));

        // Nobody's holiday notice is of use here (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add(HeaderId.ContentLanguage, text.Language);
        message.Body = new BodyBuilder
        {
            TextBody = string.Join(
                "\n\n", link is null ? paragraphs : [.. paragraphs[..^1], link, paragraphs[^1]]) + "\n",
            HtmlBody = Html(text, paragraphs, Say(own + "button"), link),
        }.ToMessageBody();
        return message;
    }

    /// <summary>Names a mail in its header.</summary>
    public static string NameOf(MailDelivery mail) =>
        string.Create(CultureInfo.InvariantCulture, $"{mail.Credential}.{mail.Number}");

    /// <summary>Reads what <see cref="NameOf"/> wrote.</summary>
    public static (Guid Credential, int Number)? Parse(string? name)
    {
        string[] parts = (name ?? "").Trim().Split('.');
        return parts is [var id, var digits] && Guid.TryParseExact(id, "D", out var credential)
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? (credential, number) : null;
    }

    private string Html(PageText text, string[] paragraphs, string button, string? link)
    {
        var encoder = HtmlEncoder.Default;
        string body = string.Concat(paragraphs.Select((paragraph, i) =>
            (i == paragraphs.Length - 1 && link is not null
                ? $"<p style=\"margin:24px 0\"><a href=\"{encoder.Encode(link)}\" style=\"background:"
                    + $"{options.Brand.Colour};color:#ffffff;padding:12px 24px;border-radius:6px;"
                    + $"text-decoration:none;font-weight:600\">{encoder.Encode(button)}</a></p>"
                : "")
            + $"<p>{encoder.Encode(paragraph).Replace("&#xA;", "<br>", StringComparison.Ordinal)}</p>"));
        return $"""
            <!doctype html>
            <html lang="{text.Language}"><head><meta charset="utf-8"></head>
            <body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em">{body}</body></html>
            """;
    }
}

/// <summary>What a mail is about.</summary>
/// <param name="Learner">Whose it is.</param>
/// <param name="Title">What it is for.</param>
/// <param name="Reason">Why something was decided, where the mail tells that.</param>
public sealed record MailSubject(string? Learner, string? Title, string? Reason = null);
