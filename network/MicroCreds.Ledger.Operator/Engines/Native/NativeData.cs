using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>An institution's ledger and store, as directories of this machine.</summary>
internal sealed class NativeData(string state, OrganizationSettings organization) : IInstitutionData
{
    public Task<string> OpenAsync(CancellationToken cancellation)
    {
        string ledger = Path.Combine(state, InstitutionParts.PeerData(organization));
        return Directory.Exists(ledger)
            ? Task.FromResult(state)
            : throw new OperatorException($"{ledger} is missing: there is nothing to back up.");
    }

    public void Close()
    {
        // The files are where they always are.
    }

    public Task ReplaceAsync(string source, CancellationToken cancellation)
    {
        string[] parts = [InstitutionParts.PeerData(organization), InstitutionParts.GatewayData(organization)];
        foreach (string part in parts.Where(part => Directory.Exists(Path.Combine(source, part))))
        {
            Replace(Path.Combine(source, part), Path.Combine(state, part));
        }

        return Task.CompletedTask;
    }

    private static void Replace(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string? aside = Directory.Exists(target) ? Aside(target) : null;
        if (aside is not null)
        {
            Directory.Move(target, aside);
        }

        try
        {
            Directory.Move(source, target);
        }
        catch when (aside is not null)
        {
            Directory.Move(aside, target); // Else a peer would begin with no ledger at all.
            throw;
        }

        if (aside is not null)
        {
            Console.WriteLine($"What was in {target} lies in {aside} now; remove it when all is well.");
        }
    }

    private static string Aside(string directory)
    {
        int number = 1;
        while (Directory.Exists($"{directory}.before-restore-{number}"))
        {
            number++;
        }

        return $"{directory}.before-restore-{number}";
    }
}
