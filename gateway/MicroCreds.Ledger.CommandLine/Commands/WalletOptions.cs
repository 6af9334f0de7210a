using System.CommandLine;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>What a learner's wallet was asked for.</summary>
internal sealed class WalletOptions
{
    private readonly Option<string?> _audience = new("--audience")
    {
        Description = "Whom the learner's wallet was to make its proof for; with --nonce.",
        HelpName = "name",
    };

    private readonly Option<string?> _nonce = new("--nonce")
    {
        Description = "What the wallet was to repeat, new for every presentation; with --audience.",
        HelpName = "text",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_audience);
        command.Options.Add(_nonce);
    }

    /// <summary>Finds what was asked for, if anything was.</summary>
    public PresentationRequest? Find(ParseResult parsed) => (parsed.GetValue(_audience), parsed.GetValue(_nonce)) switch
    {
        (null, null) => null,
        ({ Length: > 0 } audience, { Length: > 0 } nonce) => new PresentationRequest(audience, nonce),
        _ => throw new CommandException(
            ExitCodes.Usage, "--audience and --nonce go together: name both, or neither."),
    };
}
