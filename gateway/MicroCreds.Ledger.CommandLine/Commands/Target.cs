using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>How commands name a credential: by its id, its place root.index, or the file that holds it.</summary>
internal static class Target
{
    /// <summary>Gives the id that gateways take.</summary>
    /// <exception cref="CommandException">The file is no credential.</exception>
    public static string IdOf(string text)
    {
        if (!File.Exists(text)) return text;
        try
        {
            // By its place, which every member's gateway knows, also where the document was erased.
            var anchor = CredentialReader.Read(File.ReadAllBytes(text)).Anchor;
            return string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{anchor.Root}.{anchor.Index}");
        }
        catch (Exception e) when (e is CredentialFormatException or StrictJsonException)
        {
            throw new CommandException(ExitCodes.BadData, $"{text} is no credential of such a ledger: {e.Message}");
        }
    }

    /// <summary>Gives the path of a credential at a gateway.</summary>
    public static string PathOf(string target) => $"v1/credentials/{Uri.EscapeDataString(IdOf(target))}";
}
