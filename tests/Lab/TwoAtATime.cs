// Testbeds and browsers are heavy, and a call's timing suffers from its neighbours: one test at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
