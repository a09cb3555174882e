namespace Causeway.Infra.Tests;

public class HouseTests
{
    [Fact]
    public void The_project_builds() => Assert.True(true);
}
