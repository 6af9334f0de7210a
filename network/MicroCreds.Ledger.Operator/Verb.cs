namespace MicroCreds.Ledger.Operator;

/// <summary>Something that the program can be told to do.</summary>
internal sealed record Verb(string Name, Func<string[], CancellationToken, Task<int>> RunAsync)
{
    /// <summary>All of them, in the order in which they are named.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("up", (args, token) => Up.RunAsync(UpOptions.Parse(args), token))
        {
            Changes = true, Begins = true, GoesOn = true,
        },
        new("down", (args, _) => Down.RunAsync(DownOptions.Parse(args))) { Changes = true, GoesOn = true },
        new("status", (args, token) => Status.RunAsync(StateOption.Parse("status", args)["--state"], token)),
        new("sign-in", SignInLink.RunAsync),
        new("doctor", Doctor.RunAsync),
        new("deploy", Deploy.RunAsync) { Changes = true, GoesOn = true },
        new("upgrade", Upgrade.RunAsync) { Changes = true, GoesOn = true },
        new("add-institution", AddInstitution.RunAsync) { Changes = true, GoesOn = true },
        new("request-membership", Membership.RequestAsync) { Changes = true, Begins = true, GoesOn = true },
        new("sign-request", Membership.SignAsync),
        new("admit-institution", Membership.AdmitAsync) { Changes = true, GoesOn = true },
        new("join-consortium", Membership.JoinAsync) { Changes = true, GoesOn = true },
        new("remove-institution", RemoveInstitution.RunAsync) { Changes = true, GoesOn = true },
        new("enroll", Enrolment.EnrolAsync) { Changes = true, GoesOn = true },
        new("reenroll", Enrolment.ReenrolAsync) { Changes = true },
        new("revoke", Enrolment.RevokeAsync) { Changes = true, GoesOn = true },
        new("renew", Renew.RunAsync) { Changes = true, GoesOn = true },
        new("backup", Backup.BackUpAsync) { Changes = true },
        new("restore", Backup.RestoreAsync) { Changes = true, GoesOn = true },
    ];

    /// <summary>Whether it changes the network or what runs of it: then it takes the state directory's turn.</summary>
    public bool Changes { get; init; }

    /// <summary>Whether it makes the state directory where there is none.</summary>
    public bool Begins { get; init; }

    /// <summary>Whether the same command again finishes what an interrupted one has left.</summary>
    public bool GoesOn { get; init; }

    /// <exception cref="OperatorException">There is no such verb.</exception>
    public static Verb Find(IReadOnlyList<string> args) =>
        All.SingleOrDefault(verb => args.Count > 0 && verb.Name == args[0]) ?? throw new OperatorException(
            $"Say what to do: {string.Join(", ", All.SkipLast(1).Select(verb => verb.Name))} or {All[^1].Name}, not "
            + $"\"{string.Join(' ', args)}\".");
}
